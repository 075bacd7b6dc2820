local({
  shown <- function(name) {
    if (bindingIsActive(as.name(name), globalenv())) return(NULL)
    v <- get(name, envir = globalenv(), inherits = FALSE)
    if (is.function(v)) return(NULL)
    # What has a class of its own may take its time to describe itself.
    text <- if (is.null(v)) "NULL"
      else if (is.data.frame(v)) paste0("shape (", nrow(v), ", ", ncol(v), "), columns ", toString(utils::head(names(v), 20)))
      else if (is.factor(v)) paste0(length(v), " values, levels ", toString(utils::head(levels(v), 10)))
      else if (is.object(v)) ""
      else if (is.matrix(v)) paste0("shape (", toString(dim(v)), ")")
      else if (is.atomic(v)) paste0(
        toString(if (is.character(v)) encodeString(substr(utils::head(v, 10), 1, 50), quote = '"') else utils::head(v, 10)),
        if (length(v) > 10) paste0(", ... (", length(v), " values)"))
      else if (is.list(v)) paste0("list of ", length(v), if (length(names(v)) > 0) paste0(": ", toString(utils::head(names(v), 20))))
      else ""
    list(name, class(v)[1], substr(text, 1, 200))
  }
  rows <- lapply(utils::tail(ls(globalenv()), 60), function(name) tryCatch(shown(name), error = function(e) NULL))
  answer <- jsonlite::toJSON(Filter(Negate(is.null), rows), auto_unbox = TRUE)
  IRdisplay::publish_mimebundle(list("application/json" = as.character(answer)))
})
