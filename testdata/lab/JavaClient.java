import java.net.*;
import java.security.cert.X509Certificate;
import javax.net.ssl.*;

/**
 * A client on Java's HttpURLConnection, which takes its ticket from the cache that KRB5CCNAME names.
 *
 * <p>usage: java [-Djdk.https.negotiate.cbt=always] JavaClient.java URL [USER PASSWORD]
 */
class JavaClient {
    public static void main(String[] args) throws Exception {
        if (args.length > 1) {
            Authenticator.setDefault(new Authenticator() {
                protected PasswordAuthentication getPasswordAuthentication() {
                    return new PasswordAuthentication(args[1], args[2].toCharArray());
                }
            });
        }
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, null);
        HttpsURLConnection.setDefaultSSLSocketFactory(context.getSocketFactory());
        HttpsURLConnection.setDefaultHostnameVerifier((host, session) -> true);
        var connection = (HttpURLConnection) new URL(args[0]).openConnection();
        connection.setConnectTimeout(30000);
        connection.setReadTimeout(30000);
        System.out.println(connection.getResponseCode() + " " + args[0]);
    }

    static class TrustAll extends X509ExtendedTrustManager {
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}
        public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {}
        public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) {}
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}
        public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
    }
}
