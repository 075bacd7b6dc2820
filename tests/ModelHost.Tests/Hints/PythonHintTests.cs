using System.Diagnostics;

namespace Lyceum.ModelHost.Tests.Hints;

/// <summary>Tracebacks come from a real Python that runs the code.</summary>
public sealed class PythonHintTests(ModelHostUnderTest host) : IClassFixture<ModelHostUnderTest>
{
    [Theory]
    [InlineData("total = 3\nprint(totl)", 2, "`totl`", "Your code has `total` in line 1")]
    [InlineData("Total = 3\nprint(total)", 2, "`total`", "Your code has `Total` in line 1")]
    [InlineData("prnt('x')", 1, "`prnt`", "well-known `print`")]
    [InlineData("x = np.array([1])", 1, "`np`", "module `numpy`")]
    [InlineData("print(score)\nscore = 3", 1, "`score`", "Line 2 gives `score` a value, but that comes after line 1")]
    [InlineData("def f():\n    n = n + 1\nn = 1\nf()", 2, "`n` is a local variable", "")]
    [InlineData("x = [1].sort()\nx.append(2)", 2, "None", "before `append`")]
    [InlineData("import math\nmath.squareroot(2)", 2, "`squareroot`", "")]
    [InlineData("import math\nmath.sqr(2)", 2, "`sqr`", "well-known `sqrt`")]
    [InlineData("words = []\nwords.appendd(1)", 2, "`appendd`", "well-known `append`")]
    [InlineData("print('a' + 1)", 1, "`int`", "")]
    [InlineData("print(1 + 'a')", 1, "operator `+`", "")]
    [InlineData("n = 5\nn()", 2, "`int`", "")]
    [InlineData("n = 5\nn[0]", 2, "`int` has no elements", "")]
    [InlineData("for i in 5:\n    pass", 1, "elements of an `int`", "")]
    [InlineData("def f(a, b): pass\nf(1)", 2, "`f`", "`'b'`")]
    [InlineData("def f(): pass\nf(1)", 2, "takes `0`", "hands over `1`")]
    [InlineData("def f(a): pass\nf(b=1)", 2, "`b`", "")]
    [InlineData("x = [1]\nx['a']", 2, "`list`", "whole number")]
    [InlineData("print(1 < 'a')", 1, "`<`", "")]
    [InlineData("d = {[1]: 2}", 1, "unchangeable", "`list`")]
    [InlineData("t = (1, 2)\nt[0] = 5", 2, "`tuple`", "")]
    [InlineData("len(5)", 1, "counts elements", "`int`")]
    [InlineData("a, b = 5", 1, "one single `int`", "")]
    [InlineData("int([1])", 1, "`int`() was to make a number of a `list`", "")]
    [InlineData("[].pop()", 1, "none left", "")]
    [InlineData("x = [1, 2]\n\nx[2]", 3, "position", "")]
    [InlineData("stock = {'apples': 1}\nstock['aples']", 2, "the key `aples`", "`apples` in line 1")]
    [InlineData("{1: 2}[3]", 1, "the key `3`", "")]
    [InlineData("int('3.5')", 1, "`'3.5'`", "")]
    [InlineData("float('3,5')", 1, "`'3,5'`", "")]
    [InlineData("a, b = 1, 2, 3", 1, "number of names", "")]
    [InlineData("import math\nmath.sqrt(-1)", 2, "no result", "")]
    [InlineData("[1].index(2)", 1, "looked up by its value", "")]
    [InlineData("n = 0\nprint(5 / n)", 2, "divided by zero", "")]
    [InlineData("import nump", 1, "`nump`", "well-known `numpy`")]
    [InlineData("from math import sqroot", 1, "`sqroot`", "")]
    [InlineData("def f(n):\n    return f(n)\nf(1)", 2, "never comes to an end", "")]
    [InlineData("open('no-such-file.csv')", 1, "`no-such-file.csv`", "")]
    [InlineData("if True\n    pass", 1, "colon", "")]
    [InlineData("x = 1\ny = 'abc", 2, "never ends", "")]
    [InlineData("print((1, 2)", 1, "never closed", "")]
    [InlineData("print(1))", 1, "closing bracket `)`", "")]
    [InlineData("if x = 1:\n    pass", 1, "single =", "")]
    [InlineData("print 'x'", 1, "`print`", "round brackets")]
    [InlineData("x = 1\nreturn x", 2, "`return` stands outside", "")]
    [InlineData("x = [1 2]", 1, "nothing between them", "")]
    [InlineData("x = 5 +", 1, "grammar", "")]
    [InlineData("if True:\nprint(1)", 2, "must be indented", "")]
    [InlineData("x = 1\n  y = 2", 2, "indented although", "")]
    [InlineData("if True:\n    x = 1\n  y = 2", 3, "same column", "")]
    [InlineData("assert 1 == 2", 1, "assert", "")]
    [InlineData("b'\\xff'.decode('utf-8')", 1, "`utf-8`", "")]
    [InlineData("next(iter([]))", 1, "none left", "")]
    public async Task A_first_hint_names_the_line_and_what_it_means(string code, int line, string meaning, string observation)
    {
        var hint = await host.AskAsync(Tutor.Prompt("What is wrong?", "python", code, await TracebackAsync(code)));
        Assert.StartsWith($"**Line {line}** stops with ", hint, StringComparison.Ordinal);
        Assert.Contains(meaning, hint, StringComparison.Ordinal);
        Assert.Contains(observation, hint, StringComparison.Ordinal);
        Assert.DoesNotContain("not in my catalogue", hint, StringComparison.Ordinal);
        Assert.DoesNotContain("{", hint, StringComparison.Ordinal);
        Assert.Contains("?", hint, StringComparison.Ordinal);
        Assert.Contains("not a language model", hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hints_on_the_same_error_rise_from_question_to_place_to_step_to_example()
    {
        const string Code = "values = [1, 2]\nprint(values[2])";
        var prompt = Tutor.Prompt("Why does this fail?", "python", Code, await TracebackAsync(Code));
        var first = await host.AskAsync(prompt);
        Assert.Contains("which position do you ask for?", first, StringComparison.Ordinal);
        Assert.DoesNotContain("```", first, StringComparison.Ordinal);

        var second = await host.AskAsync(prompt, "I still don't understand");
        Assert.Contains("```python\nprint(values[2])\n```", second, StringComparison.Ordinal);
        Assert.Contains("Positions start at 0", second, StringComparison.Ordinal);
        Assert.DoesNotContain("not a language model", second, StringComparison.Ordinal);

        var third = await host.AskAsync(prompt, prompt, prompt);
        Assert.Contains("One concrete step for line 2", third, StringComparison.Ordinal);
        Assert.DoesNotContain("```", third, StringComparison.Ordinal);
        Assert.DoesNotContain("values", third, StringComparison.Ordinal);
        var fourth = await host.AskAsync(prompt, prompt, "another hint", prompt);
        Assert.Contains("letters = ['a', 'b', 'c']", fourth, StringComparison.Ordinal);
        Assert.Contains("instructor", fourth, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_error_begins_at_the_first_level_again()
    {
        const string Code = "values = [1]\nvalues[1]";
        const string Next = "values = [1]\nvaluse[0]";
        var before = Tutor.Prompt("Why?", "python", Code, await TracebackAsync(Code));
        var after = Tutor.Prompt("And now?", "python", Next, await TracebackAsync(Next));
        Assert.StartsWith("**Line 2** stops with `NameError`", await host.AskAsync(before, before, after), StringComparison.Ordinal);
        Assert.StartsWith("One concrete step", await host.AskAsync(before, after, before, before), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notebooks_own_frame_counts_and_not_a_librarys()
    {
        const string Error = """
            KeyError: 'Adge'
            ---------------------------------------------------------------------------
            KeyError                                  Traceback (most recent call last)
            File /usr/lib/python3/dist-packages/pandas/core/indexes/base.py:3805, in Index.get_loc(self, key)
               3804 try:
            -> 3805     return self._engine.get_loc(casted_key)

            KeyError: 'Adge'

            The above exception was the direct cause of the following exception:

            Cell In[7], line 3
                  1 import pandas as pd
                  2 df = pd.DataFrame({'Age': [1]})
            ----> 3 df['Adge']

            File /usr/lib/python3/dist-packages/pandas/core/frame.py:4102, in DataFrame.__getitem__(self, key)
               4101 if self.columns.nlevels > 1:
            -> 4102 indexer = self.columns.get_loc(key)

            KeyError: 'Adge'
            """;
        var hint = await host.AskAsync(Tutor.Prompt("?", "python", "import pandas as pd\ndf = pd.DataFrame({'Age': [1]})\ndf['Adge']", Error));
        Assert.StartsWith("**Line 3** stops with `KeyError`: the key `Adge` is not there.", hint, StringComparison.Ordinal);
        Assert.Contains("`Age` in line 2", hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cell In[5], line 2\n      1 n = 0\n----> 2 half(n)\n\nCell In[4], line 9, in half(n)\n      8 def half(n):\n----> 9     return 1 / n\n\nZeroDivisionError: division by zero", 2)]
    [InlineData("Cell In[5], line 2\n\nCell In[5], line 1, in half(n)\n\nZeroDivisionError: division by zero", 1)]
    [InlineData("<ipython-input-5-0a1b> in <module>\n      1 n = 0\n----> 2 half(n)\n\n<ipython-input-4-0a1b> in half(n)\n----> 1     return 1 / n\n\nZeroDivisionError: division by zero", 2)]
    public async Task A_line_of_another_cell_is_not_taken_for_one_of_this(string error, int line) =>
        Assert.StartsWith($"**Line {line}**", await host.AskAsync(Tutor.Prompt("?", "python", "n = 0\nhalf(n)", error)), StringComparison.Ordinal);

    [Fact]
    public async Task An_error_that_is_in_no_catalogue_gets_an_honest_general_hint()
    {
        var hint = await host.AskAsync(Tutor.Prompt("?", "python", "a\nb", "Cell In[1], line 2\nmylib.WeirdError: the flux is off"));
        Assert.StartsWith("**Line 2** stops with `WeirdError`: it says `the flux is off`", hint, StringComparison.Ordinal);
        Assert.Contains("not in my catalogue", hint, StringComparison.Ordinal);
    }

    private static async Task<string> TracebackAsync(string code)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("lyceum-hint-").FullName, "cell.py");
        await File.WriteAllTextAsync(file, code);
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-S", file]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        python.OutputDataReceived += (_, _) => { };
        python.BeginOutputReadLine();
        var error = await python.StandardError.ReadToEndAsync();
        await python.WaitForExitAsync();
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        Assert.NotEqual(0, python.ExitCode);
        return error;
    }
}
