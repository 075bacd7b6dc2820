namespace Lyceum.ModelHost.Tests.Hints;

/// <summary>Messages as R 4.2 and IRkernel word them.</summary>
public sealed class RHintTests(ModelHostUnderTest host) : IClassFixture<ModelHostUnderTest>
{
    [Theory]
    [InlineData("scores <- c(1, 2)\nmean(score)", "Error in mean(score): object 'score' not found", 2, "`score`", "Your code has `scores` in line 1")]
    [InlineData("x <- 1\nprnt(x)", "Error in prnt(x) : could not find function \"prnt\"", 2, "`prnt`", "well-known `print`")]
    [InlineData("ggplot(d)", "Error in ggplot(d): could not find function \"ggplot\"", 1, "`ggplot`", "package `ggplot2`")]
    [InlineData("x <- \"1\"\nx + 1", "Error in x + 1 : non-numeric argument to binary operator", 2, "not a number", "")]
    [InlineData("sqrt(\"a\")", "Error in sqrt(\"a\") : non-numeric argument to mathematical function", 1, "not a number", "")]
    [InlineData("l <- list(1)\nl[[3]]", "Error in l[[3]] : subscript out of bounds", 2, "not there", "")]
    [InlineData("library(dplry)", "Error in library(dplry) : there is no package called ‘dplry’", 1, "`dplry`", "well-known `dplyr`")]
    [InlineData("a <- 1\nb c", "Error in parse(text = x, srcfile = src): <text>:2:3: unexpected symbol\n1: a <- 1\n2: b c\n     ^", 2, "a name stands", "")]
    [InlineData("if (TRUE) {", "Error: <text>:2:0: unexpected end of input\n1: if (TRUE) {\n  ^", null, "still open", "")]
    [InlineData("x <- (1))", "Error: <text>:1:9: unexpected ')'\n1: x <- (1))", 1, "`)` stands", "")]
    [InlineData("c(\"a\" \"b\")", "Error: <text>:1:7: unexpected string constant", 1, "`string constant`", "")]
    [InlineData("f <- function(n) n\nf()", "Error in f() : argument \"n\" is missing, with no default", 2, "`n`", "")]
    [InlineData("f <- function(n) n\nf(m = 1)", "Error in f(m = 1) : unused argument (m = 1)", 2, "`m = 1`", "")]
    [InlineData("if (NA > 1) 2", "Error in if (NA > 1) 2 : missing value where TRUE/FALSE needed", 1, "is NA", "")]
    [InlineData("if (NULL) 1", "Error in if (NULL) 1 : argument is of length zero", 1, "is empty", "")]
    [InlineData("if (c(TRUE, TRUE)) 1", "Error in if (c(TRUE, TRUE)) 1 : the condition has length > 1", 1, "several values", "")]
    [InlineData("read.csv(\"no.csv\")", "Error in file(file, \"rt\") : cannot open the connection", null, "cannot open the file", "")]
    [InlineData("v <- 1:3\nv$a", "Error in v$a : $ operator is invalid for atomic vectors", 2, "plain vector", "")]
    [InlineData("data.frame(a = 1:2, b = 1:3)", "Error in data.frame(a = 1:2, b = 1:3) : \n  arguments imply differing number of rows: 2, 3", 1, "different lengths", "")]
    [InlineData("m %*% n", "Error in m %*% n : non-conformable arguments", 1, "do not fit", "")]
    [InlineData("df$a", "Error in df$a : object of type 'closure' is not subsettable", 1, "after a function", "")]
    [InlineData("d <- data.frame(Height = 1)\nd[, \"height\"]", "Error in `[.data.frame`(d, , \"height\") : undefined columns selected", null, "does not have", "")]
    [InlineData("-\"a\"", "Error in -\"a\" : invalid argument to unary operator", 1, "does not take", "")]
    public async Task An_error_is_explained_with_its_line(string code, string error, int? line, string meaning, string observation)
    {
        var hint = await host.AskAsync(Tutor.Prompt("help", "R", code, $"ERROR: {error}\n\nTraceback:\n"));
        Assert.StartsWith(line is null ? "Your code stops with the error: " : $"**Line {line}** stops with the error: ", hint, StringComparison.Ordinal);
        Assert.Contains(meaning, hint, StringComparison.Ordinal);
        Assert.Contains(observation, hint, StringComparison.Ordinal);
        // As a person pastes it.
        var pasted = await host.AskAsync($"My R code:\n```r\n{code}\n```\ngives\n\n{error}");
        Assert.Contains(meaning, pasted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hints_rise_to_an_example_in_R_on_other_data()
    {
        var prompt = Tutor.Prompt("why?", "R", "l <- list(1)\nl[[3]]", "ERROR: Error in l[[3]]: subscript out of bounds");
        Assert.Contains("```r\nl[[3]]\n```", await host.AskAsync(prompt, prompt), StringComparison.Ordinal);
        Assert.Contains("ages[[\"bo\"]]", await host.AskAsync(prompt, prompt, prompt, prompt), StringComparison.Ordinal);
    }
}
