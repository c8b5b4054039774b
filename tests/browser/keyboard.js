// A walk through the page by Tab: what should be reached, and what one sees where the focus stands.
() => {
  const INTERACTIVE =
    'a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, audio[controls], ' +
    'video[controls], [contenteditable=""], [contenteditable=true], [tabindex]';
  const PROPERTIES = [
    "outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderTopColor", "borderBottomColor",
    "borderTopWidth", "borderBottomWidth", "backgroundColor", "color", "textDecorationLine",
    "clipPath", "transform", "position", "top", "left", "width", "height",
  ];
  const CLICKABLE = `${INTERACTIVE}, label, select, option, [role=option], [role=tab], [role=menuitem]`;

  const drawn = (element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility({ visibilityProperty: true }) && box.width > 0 && box.height > 0;
  };
  const open = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document;

  const isInItsGroup = (element) => {
    if (element.type !== "radio" || !element.name) return true;
    const group = [...document.getElementsByName(element.name)].filter(
      (other) => other.type === "radio" && other.form === element.form && !other.disabled,
    );
    return element === (group.find((other) => other.checked) ?? group[0]);
  };
  const shouldBeReached = (element) =>
    element.tabIndex >= 0 && drawn(element) && !element.matches(":disabled") && !element.closest("[inert]") &&
    isInItsGroup(element);

  const name = (element) => {
    const words = element.getAttribute("aria-label") || element.innerText || element.labels?.[0]?.innerText ||
      element.placeholder || element.name || element.id || "";
    return `${element.localName} "${words.trim().replace(/\s+/g, " ").slice(0, 60)}"`;
  };

  const look = (element) => {
    const near = [element, element.parentElement, element.nextElementSibling, ...(element.labels ?? [])];
    return near.filter(Boolean).flatMap((part) => [null, "::before", "::after"].map((pseudo) => {
      const style = getComputedStyle(part, pseudo);
      const hasOutline = style.outlineStyle !== "none";
      return PROPERTIES.map((key) => (key.startsWith("outline") && !hasOutline ? "" : style[key])).join(";");
    })).join("|");
  };

  const isCovered = (element) => {
    const box = [...element.getClientRects()].find((part) => part.width > 2 && part.height > 2);
    if (!box || getComputedStyle(element).opacity === "0") return false;
    const [left, right] = [Math.max(box.left, 0) + 1, Math.min(box.right, innerWidth) - 1];
    const [top, bottom] = [Math.max(box.top, 0) + 1, Math.min(box.bottom, innerHeight) - 1];
    const points = [[left, top], [right, top], [left, bottom], [right, bottom], [(left + right) / 2, (top + bottom) / 2]];
    return !points.some(([x, y]) => {
      const hit = document.elementFromPoint(x, y);
      return hit && (element.contains(hit) || hit.contains(element) || [...(element.labels ?? [])].some((label) => label.contains(hit)));
    });
  };

  const finishTransitions = () => document.getAnimations()
    .filter((animation) => animation instanceof CSSTransition)
    .forEach((animation) => animation.finish());

  const looksClickable = (element) =>
    getComputedStyle(element).cursor === "pointer" && drawn(element) && !element.closest(CLICKABLE) &&
    getComputedStyle(element.parentElement).cursor !== "pointer";

  document.activeElement?.blur?.();
  finishTransitions();
  const stops = [...open.querySelectorAll(INTERACTIVE)].filter(shouldBeReached);
  const unfocused = stops.map(look);

  return {
    names: stops.map(name),
    mouseOnly: [...document.body.querySelectorAll("*")].filter(looksClickable).map(name),
    standing() {
      finishTransitions();
      const element = document.activeElement;
      const index = stops.indexOf(element);
      if (index < 0) return { index };
      return { index, seen: look(element) !== unfocused[index], covered: isCovered(element) };
    },
  };
}
