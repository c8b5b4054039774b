// What sticks out of the page to the right, and what is cut off, at the present size.
() => {
  const named = (element) => {
    const classes = [...element.classList].map((name) => `.${name}`).join("");
    return `${element.localName}${element.id ? `#${element.id}` : ""}${classes} "${element.textContent.trim().replace(/\s+/g, " ").slice(0, 40)}"`;
  };
  const root = document.documentElement;
  const parents = (element) => {
    const found = [];
    for (let parent = element.parentElement; parent && parent !== document.body; parent = parent.parentElement) found.push(parent);
    return found;
  };
  const all = [...document.body.querySelectorAll("*")].filter(
    (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("svg svg, svg *"),
  );
  const sticksOut = (element) => element.getBoundingClientRect().right > root.clientWidth + 1 &&
    element.getBoundingClientRect().width > 0 &&
    !parents(element).some((parent) => getComputedStyle(parent).overflowX !== "visible");
  const isCutOff = (element) => {
    const style = getComputedStyle(element);
    const [hidesWidth, hidesHeight] = [style.overflowX, style.overflowY].map((value) => ["hidden", "clip"].includes(value));
    const isForEarsOnly = element.clientWidth <= 2 || element.clientHeight <= 2 || style.clip !== "auto";
    const isShortened = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
    if (isForEarsOnly || isShortened || !element.innerText?.trim()) return false;
    return (hidesWidth && element.scrollWidth > element.clientWidth + 1) ||
      (hidesHeight && element.scrollHeight > element.clientHeight + 4);
  };
  const out = all.filter(sticksOut);
  const innermost = out.filter((element) => !out.some((other) => other !== element && element.contains(other)));
  const faults = innermost.map((element) =>
    `sticks out to ${Math.round(element.getBoundingClientRect().right)} px: ${named(element)}`);
  if (!faults.length && root.scrollWidth > root.clientWidth) faults.push(`is ${root.scrollWidth} px wide`);
  return [...faults.slice(0, 8), ...all.filter(isCutOff).slice(0, 8).map((element) => `is cut off: ${named(element)}`)];
}
