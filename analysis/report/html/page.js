"use strict";
(() => {
	const filter = document.getElementById("filter");
	const rows = [...document.querySelectorAll(".handshakes > li, .groups > tr")];
	const texts = new Map();

	// The text of a row is read when it is first searched.
	const textOf = (row) => {
		if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
		return texts.get(row);
	};

	// A part of the list without rows has no title.
	const hideEmptyLists = () => {
		for (const list of document.querySelectorAll("ul.handshakes")) {
			const empty = !list.querySelector(":scope > li:not([hidden])");
			list.hidden = empty;
			list.previousElementSibling.hidden = empty;
		}
	};

	const apply = () => {
		const words = filter.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
		const chosen = [...filter.querySelectorAll("select")].filter((select) => select.value);
		let shown = 0;
		for (const row of rows) {
			const match = chosen.every((select) => row.dataset[select.name] === select.value) &&
				words.every((word) => textOf(row).includes(word));
			row.hidden = !match;
			if (match) shown++;
		}
		hideEmptyLists();
		const all = shown === rows.length;
		document.getElementById("matches").value = all ? "" : shown + " of " + rows.length + " shown";
	};

	// A link into something folded unfolds it.
	const unfold = () => {
		const target = location.hash && document.getElementById(location.hash.slice(1));
		if (!target) return;
		const row = target.closest(".handshakes > li");
		if (row && row.hidden) {
			filter.reset();
			apply();
		}
		for (let part = target; part; part = part.parentElement) {
			if (part.tagName === "DETAILS") part.open = true;
		}
		const inside = target.querySelector(":scope > details");
		if (inside) inside.open = true;
		target.scrollIntoView();
	};

	const copy = (code, button) => {
		const done = (text) => {
			button.textContent = text;
			setTimeout(() => { button.textContent = "Copy"; }, 2000);
		};
		const select = () => {
			getSelection().selectAllChildren(code);
			done("Selected");
		};
		if (!navigator.clipboard) return select();
		navigator.clipboard.writeText(code.textContent).then(() => done("Copied"), select);
	};

	// Buttons are made when their part is seen first: there may be thousands.
	const addButtons = (part) => {
		for (const code of part.querySelectorAll(".filter > code:only-of-type")) {
			if (code.nextElementSibling) continue;
			const button = document.createElement("button");
			button.type = "button";
			button.textContent = "Copy";
			button.setAttribute("aria-label", "Copy the display filter " + code.textContent);
			button.addEventListener("click", () => copy(code, button));
			code.after(button);
		}
	};
	document.querySelectorAll("#findings").forEach(addButtons);
	for (const details of document.querySelectorAll(".handshakes > li > details")) {
		if (details.open) addButtons(details);
		details.addEventListener("toggle", () => addButtons(details), { once: true });
	}

	if (filter) {
		filter.hidden = false;
		filter.addEventListener("submit", (event) => event.preventDefault());
		filter.addEventListener("input", apply);
		document.getElementById("open")?.addEventListener("click", () => {
			for (const row of rows) {
				const details = row.hidden ? null : row.querySelector(":scope > details");
				if (details) details.open = true;
			}
		});
		document.getElementById("close")?.addEventListener("click", () => {
			for (const row of rows) {
				const details = row.querySelector(":scope > details");
				if (details) details.open = false;
			}
		});
		apply();
	}
	addEventListener("hashchange", unfold);
	unfold();
})();
