// Pairs of visible boxes of text, pictures and controls that lie over each other.
() => {
  const kinds = "h1,h2,h3,h4,p,li,th,td,figcaption,img,svg,math,dt,dd,summary,"
    + "label,input,select,output";
  const seen = (node) => node.checkVisibility() && !node.closest(".unseen, .skip, svg *")
    && getComputedStyle(node).opacity !== "0";
  const fixed = (node) => {
    for (let at = node; at; at = at.parentElement) {
      if (getComputedStyle(at).position === "fixed") return true;
    }
    return false;
  };
  const boxes = [...document.querySelectorAll(kinds)].filter(seen).map((node) => {
    const scroller = node.closest(".table-scroll, figure");
    const box = node.getBoundingClientRect();
    const room = scroller ? scroller.getBoundingClientRect() : { left: -1e9, right: 1e9 };
    return { node, top: box.top, bottom: box.bottom, fixed: fixed(node),
      left: Math.max(box.left, room.left), right: Math.min(box.right, room.right) };
  }).filter((box) => box.right - box.left > 1 && box.bottom - box.top > 1 && !box.fixed);
  boxes.sort((one, other) => one.top - other.top);
  const found = [];
  for (let at = 0; at < boxes.length; at += 1) {
    for (let next = at + 1; next < boxes.length; next += 1) {
      const one = boxes[at], other = boxes[next];
      if (other.top > one.bottom - 2) break;
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const high = Math.min(one.bottom, other.bottom) - other.top;
      const nested = one.node.contains(other.node) || other.node.contains(one.node);
      if (!nested && wide > 2 && high > 2) {
        const told = ({ node }) => `${node.tagName} ${node.textContent.trim().slice(0, 40)}`;
        found.push(`${told(one)} | ${told(other)}`);
      }
    }
  }
  return found;
}
