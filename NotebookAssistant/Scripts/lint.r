local({
  cells <- jsonlite::fromJSON(rawToChar(jsonlite::base64_dec("CELLS")), simplifyVector = FALSE)
  found <- list()
  for (cell in cells) {
    tryCatch(parse(text = cell$content, keep.source = FALSE), error = function(e) {
      # <text>:line:column: what
      message <- conditionMessage(e)
      place <- regmatches(message, regexec("^<text>:([0-9]+):([0-9]+): ([^\n]*)", message))[[1]]
      found[[length(found) + 1]] <<- if (length(place) == 4)
        list(cell_id = cell$cell_id, line = as.integer(place[2]), column = max(as.integer(place[3]), 1L), severity = "error", rule = "syntax", message = place[4])
      else list(cell_id = cell$cell_id, line = 1L, column = 1L, severity = "error", rule = "syntax", message = message)
    })
  }
  answer <- if (length(found) == 0) "[]" else jsonlite::toJSON(found, auto_unbox = TRUE)
  IRdisplay::publish_mimebundle(list("application/json" = as.character(answer)))
})
