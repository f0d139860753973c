import java.nio.file.Path;
import java.util.List;
import org.eclipse.jetty.security.*;
import org.eclipse.jetty.security.authentication.*;
import org.eclipse.jetty.server.*;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.security.*;

/**
 * A web server of Jetty's that takes Kerberos and serves /srv/www to alice, who is of the staff.
 *
 * <p>usage: java -cp JARS Jetty.java ADDRESS PORT HOST REALM KEYTAB
 */
class Jetty {
    public static void main(String[] args) throws Exception {
        var users = new UserStore();
        users.addUser("alice", new Password(""), new String[] {"staff"});
        users.addUser("bob", new Password(""), new String[] {"guests"});
        var known = new HashLoginService(args[3]);
        known.setUserStore(users);

        var logins = new ConfigurableSpnegoLoginService(args[3], AuthorizationService.from(known, ""));
        logins.addBean(known);
        logins.setServiceName("HTTP");
        logins.setHostName(args[2]);
        logins.setKeyTabPath(Path.of(args[4]));

        var staff = new ConstraintMapping();
        staff.setPathSpec("/*");
        staff.setConstraint(new Constraint(Constraint.__SPNEGO_AUTH, "staff"));
        staff.getConstraint().setAuthenticate(true);
        var files = new ResourceHandler();
        files.setResourceBase("/srv/www");
        var guard = new ConstraintSecurityHandler();
        guard.setConstraintMappings(List.of(staff));
        guard.setAuthenticator(new ConfigurableSpnegoAuthenticator());
        guard.setLoginService(logins);
        guard.setHandler(files);

        var server = new Server();
        var port = new ServerConnector(server);
        port.setHost(args[0]);
        port.setPort(Integer.parseInt(args[1]));
        server.addConnector(port);
        server.addBean(logins);
        server.setHandler(guard);
        server.start();
    }
}
