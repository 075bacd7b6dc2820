local({
  v <- get("VARIABLE", envir = globalenv(), inherits = FALSE)
  if (is.matrix(v)) v <- as.data.frame(v)
  if (!is.data.frame(v)) stop("no table")
  v <- as.data.frame(utils::head(v[, seq_len(min(ncol(v), 100)), drop = FALSE], 30))
  cell <- function(x) {
    if (length(x) != 1) toString(utils::head(unlist(x), 10))
    else if (is.na(x)) NA
    else if (is.logical(x) || (is.numeric(x) && !is.object(x))) x
    else as.character(x)
  }
  rows <- lapply(seq_len(nrow(v)), function(i) lapply(unname(as.list(v)), function(column) cell(column[[i]])))
  answer <- jsonlite::toJSON(list(headers = as.list(names(v)), rows = rows), auto_unbox = TRUE, na = "null", digits = NA)
  IRdisplay::publish_mimebundle(list("application/json" = as.character(answer)))
})
