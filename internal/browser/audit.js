// Each of these functions returns what is wrong with the page, a sentence each.
"use strict";
(() => {
	const visible = (e) => e.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) && !e.closest("svg.defs");
	const name = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : e.className && e.className.baseVal === undefined ? "." + e.className : "") + " " + JSON.stringify(e.textContent.trim().slice(0, 40));

	// texts are the elements that hold text themselves.
	const texts = () => {
		const all = new Set();
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		while (walker.nextNode()) {
			const e = walker.currentNode.parentElement;
			if (walker.currentNode.data.trim() && visible(e) && !["SCRIPT", "STYLE", "OPTION"].includes(e.tagName)) all.add(e);
		}
		return [...all];
	};

	// WCAG 2.2, relative luminance and contrast ratio.
	const channels = (color) => (color.match(/[\d.]+/g) || []).map(Number);
	const luminance = (rgb) => {
		const [r, g, b] = rgb.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const backdrop = (e) => {
		for (; e; e = e.parentElement) {
			const [r, g, b, a = 1] = channels(getComputedStyle(e).backgroundColor);
			if (a === 1) return [r, g, b];
		}
		return [255, 255, 255];
	};
	const contrast = (e, color) => {
		const [x, y] = [luminance(channels(color).slice(0, 3)), luminance(backdrop(e))];
		return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
	};
	window.poorContrast = () => [
		...texts().filter((e) => contrast(e, e.closest("svg") ? getComputedStyle(e).fill : getComputedStyle(e).color) < 4.5)
			.map((e) => "contrast of " + name(e)),
		...[...document.querySelectorAll("svg.arrow > line, svg.chart rect")].filter((e) => {
			const style = getComputedStyle(e);
			return visible(e) && contrast(e, e.tagName === "line" ? style.stroke : style.fill) < 3;
		}).map((e) => "contrast of " + name(e)),
	];

	// Nothing is wider than the page, and no text lies on another.
	window.badLayout = () => {
		const wrong = [];
		const width = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth > width) wrong.push("the page scrolls sideways");
		const boxes = [];
		for (const e of texts()) {
			const scroll = e.closest(".scroll");
			const inScroll = scroll && getComputedStyle(scroll).overflowX === "auto";
			for (const node of e.childNodes) {
				if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) continue;
				const range = document.createRange();
				range.selectNodeContents(node);
				for (const r of range.getClientRects()) {
					if (r.width < 1 || r.height < 1) continue;
					if (!inScroll && (r.left < -1 || r.right > width + 1) && !e.matches(".skip")) wrong.push(name(e) + " leaves the page");
					boxes.push({ e, l: r.left, r: r.right, t: r.top + r.height * 0.25, b: r.bottom - r.height * 0.25 });
				}
			}
		}
		boxes.sort((a, b) => a.t - b.t);
		for (let i = 0; i < boxes.length; i++) {
			for (let j = i + 1; j < boxes.length && boxes[j].t < boxes[i].b; j++) {
				const [a, b] = [boxes[i], boxes[j]];
				if (Math.min(a.r, b.r) - Math.max(a.l, b.l) > 1 && !a.e.matches(".skip") && !b.e.matches(".skip")) wrong.push(name(a.e) + " lies on " + name(b.e));
			}
		}
		return wrong;
	};

	// Headings go down by one level at a time, and there is one of the first.
	window.badHeadings = () => {
		const wrong = [];
		let last = 0;
		for (const h of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
			const level = Number(h.tagName[1]);
			if (level > last + 1) wrong.push(name(h) + " follows a heading of level " + last);
			last = level;
		}
		if (document.querySelectorAll("h1").length !== 1) wrong.push("there is not one h1");
		return wrong;
	};

	window.badStructure = () => {
		const wrong = [];
		if (!document.documentElement.lang) wrong.push("the page has no language");
		if (!document.title) wrong.push("the page has no title");
		if (document.querySelectorAll("main").length !== 1) wrong.push("there is not one main");
		const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
		if (new Set(ids).size !== ids.length) wrong.push("an id is there twice");
		for (const e of document.querySelectorAll("li")) {
			if (!e.parentElement.matches("ul, ol")) wrong.push(name(e) + " is in no list");
		}
		for (const e of document.querySelectorAll("details")) {
			if (!e.firstElementChild || !e.firstElementChild.matches("summary")) wrong.push(name(e) + " has no summary");
		}
		for (const e of document.querySelectorAll("dl > *")) {
			if (!e.matches("div") || !e.querySelector("dt") || !e.querySelector("dd")) wrong.push(name(e) + " is no group of a dl");
		}
		for (const e of document.querySelectorAll("svg")) {
			if (!e.closest("[role=img][aria-label], [aria-hidden=true]")) wrong.push("a picture has no text");
		}
		for (const e of document.querySelectorAll("table")) {
			if (!e.querySelector("thead th[scope=col]") || e.querySelector("tbody tr:not(:has(th[scope=row]))")) wrong.push(name(e) + " has no heads");
		}
		return wrong;
	};
})();
