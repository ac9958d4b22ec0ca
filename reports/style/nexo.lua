-- The report's own blocks and spans in Typst: ::: {.headline} becomes #nexo-headline[...].
-- Both renderers run this filter, so that a class means the same in each; the classes of pages
-- are known to their style sheet.

local blocks = {
  headline = true, lead = true, small = true, keep = true,
  card = true, receipt = true,
}
local spans = {
  big = true, muted = true, good = true, caution = true, bad = true,
  nowrap = true, badge = true,
}

local function called(classes, known)
  for _, name in ipairs(classes) do
    if known[name] then return "#nexo-" .. name .. "[" end
  end
end

local function framed(opening, content, closing)
  local done = pandoc.List({ pandoc.RawBlock("typst", opening) })
  done:extend(content)
  done:insert(pandoc.RawBlock("typst", closing))
  return done
end

local function cards(el)
  local done = pandoc.List({ pandoc.RawBlock("typst", "#nexo-cards(") })
  for _, card in ipairs(el.content) do
    done:extend(framed("[", card.content or { card }, "],"))
  end
  done:insert(pandoc.RawBlock("typst", ")"))
  return done
end

local function Div(el)
  if el.classes:includes("page-only") then return {} end
  if el.classes:includes("cards") then return cards(el) end
  local opening = called(el.classes, blocks)
  if opening then return framed(opening, el.content, "]") end
end

local function Span(el)
  local opening = called(el.classes, spans)
  if not opening then return nil end
  local done = pandoc.List({ pandoc.RawInline("typst", opening) })
  done:extend(el.content)
  done:insert(pandoc.RawInline("typst", "]"))
  return done
end

-- The foot of a page that Quarto makes; page.html has the same for the embedded renderer.
local function with_foot(doc)
  local meta, lines = doc.meta, pandoc.List({})
  local lang = meta.lang and pandoc.utils.stringify(meta.lang) or ""
  lines:insert(meta["page-foot"] and meta["page-foot"][lang] or "")
  lines:insert(meta.terms and meta.terms.marks or "")
  lines:insert(meta["made-by"] or "")
  doc.blocks:insert(pandoc.RawBlock("html", '<footer class="report-footer">'))
  for _, line in ipairs(lines) do
    if pandoc.utils.stringify(line) ~= "" then doc.blocks:insert(pandoc.Para(line)) end
  end
  doc.blocks:insert(pandoc.RawBlock("html", "</footer>"))
  return doc
end

-- On paper the contents follow the headline: they stand before the first section. The one
-- paragraph between a heading and its table or figure goes with them to the next page.
local function on_paper(doc)
  local done, is_in, blocks = pandoc.List({}), false, doc.blocks
  for at, block in ipairs(blocks) do
    local before, after = blocks[at - 1], blocks[at + 1]
    if block.t == "Header" and block.level == 1 and not is_in then
      done:insert(pandoc.RawBlock("typst", "#nexo-contents()"))
      is_in = true
    end
    local leads = block.t == "Para" and before and before.t == "Header"
      and after and after.t ~= "Para" and after.t ~= "Header"
    if leads then
      done:extend(framed("#block(sticky: true)[", { block }, "]"))
    else
      done:insert(block)
    end
  end
  doc.blocks = done
  return doc
end

if FORMAT:match("html") then return { { Pandoc = with_foot } } end
if not FORMAT:match("typst") then return {} end
return { { traverse = "topdown", Div = Div, Span = Span }, { Pandoc = on_paper } }
