using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace Lyceum.ModelHost.Tests.Hints;

/// <summary>Messages come from the real compiler and runtime.</summary>
public sealed class CSharpHintTests(ModelHostUnderTest host) : IClassFixture<ModelHostUnderTest>
{
    private static readonly ScriptOptions Options = ScriptOptions.Default
        .WithImports("System", "System.Linq", "System.IO", "System.Collections.Generic")
        .AddReferences(typeof(Enumerable).Assembly, typeof(List<>).Assembly)
        .WithEmitDebugInformation(true)
        .WithFileEncoding(System.Text.Encoding.UTF8)
        .WithFilePath("cell");

    [Theory]
    [InlineData("int total = 3;\nConsole.WriteLine(totl);", 2, "CS0103", "Your code has `total` in line 1")]
    [InlineData("var x = Regex.Match(\"a\", \"b\");", 1, "CS0103", "namespace `System.Text.RegularExpressions`")]
    [InlineData("Consol c = null;", 1, "CS0246", "well-known `Console`")]
    [InlineData("int x = 1\nint y = 2;", 1, "CS1002", "semicolon")]
    [InlineData("if (true) {\nint x = 1;", 2, "CS1513", "block is not opened or not closed")]
    [InlineData("Console.WriteLine((1 + 2);", 1, "CS1026", "bracket")]
    [InlineData("string s = \"abc;", 1, "CS1010", "quotation mark")]
    [InlineData("int x = 3 + ;", 1, "CS1525", "found `;` instead")]
    [InlineData("double d = 2.5;\nint n = d;", 2, "CS0266", "a `double` does not become an `int`")]
    [InlineData("int n = \"5\";", 1, "CS0029", "a `string`, and an `int` is needed")]
    [InlineData("var l = new List<int>();\nvar n = l.Length;", 2, "CS1061", "no member `Length`")]
    [InlineData("var l = new List<int>();\nvar n = l.Cuont;", 2, "CS1061", "well-known `Count`")]
    [InlineData("Console.WritLine(1);", 1, "CS0117", "well-known `WriteLine`")]
    [InlineData("class A { public int N; }\nvar n = A.N;", 2, "CS0120", "belongs to an object")]
    [InlineData("{\nint x = 1;\nint x = 2;\n}", 3, "CS0128", "`x` exists there already")]
    [InlineData("void F() {\nint x;\nConsole.WriteLine(x);\n}", 3, "CS0165", "may not have a value")]
    [InlineData("var b = 1 && true;", 1, "CS0019", "between an `int` and a `bool`")]
    [InlineData("var b = !5;", 1, "CS0023", "does not work on an `int`")]
    [InlineData("int F(int a) => a;\nF();", 2, "CS7036", "too few or too many")]
    [InlineData("int F(int a) => a;\nF(1, 2);", 2, "CS1501", "too few or too many")]
    [InlineData("int F(int a) => a;\nF(\"1\");", 2, "CS1503", "argument `1` of the call is a `string`")]
    [InlineData("int F(int a) { if (a > 0) { return 1; } }", 1, "CS0161", "without a return")]
    [InlineData("int F() => 1;\nF() = 2;", 2, "CS0131", "cannot be assigned to")]
    [InlineData("class A { int n; }\nvar x = new A().n;", 2, "CS0122", "not visible")]
    [InlineData("{\nint x = 1;\nx == 2;\n}", 3, "CS0201", "does nothing")]
    public async Task A_compilers_error_is_explained_with_its_line(string code, int line, string name, string expected)
    {
        var errors = CSharpScript.Create(code, Options).Compile().Where(diagnostic => diagnostic.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error).ToArray();
        Assert.Contains(errors, error => error.Id == name);
        var error = errors.First(error => error.Id == name);
        var hint = await host.AskAsync(Tutor.Prompt("Why?", "csharp", code, $"{error.Id}: {error.GetMessage(null)}\n{error}"));
        AssertHint(hint, line, name, expected);
        // As a person pastes it, without saying which language it is.
        AssertHint(await host.AskAsync($"what does this mean?\n```\n{code}\n```\n{error}"), line, name, expected);
    }

    [Theory]
    [InlineData("string s = null;\nvar n = s.Length;", 2, "NullReferenceException", "before a dot is null")]
    [InlineData("int[] a = { 1 };\nvar n = a[1];", 2, "IndexOutOfRangeException", "a position that it does not have")]
    [InlineData("var l = new List<int>();\nvar n = l[0];", 2, "ArgumentOutOfRangeException", "outside of what it takes")]
    [InlineData("int z = 0;\nvar n = 1 / z;", 2, "DivideByZeroException", "divided by 0")]
    [InlineData("var n = int.Parse(\"x1\");", 1, "FormatException", "cannot be read")]
    [InlineData("object o = \"a\";\nvar n = (int)o;", 2, "InvalidCastException", "a type that it is not")]
    [InlineData("var d = new Dictionary<string, int> { [\"Apples\"] = 1 };\nvar n = d[\"apples\"];", 2, "KeyNotFoundException", "`Apples` in line 1")]
    [InlineData("var n = new int[0].First();", 1, "InvalidOperationException", "the sequence has `no`")]
    [InlineData("var l = new List<int> { 1, 2 };\nforeach (var i in l) l.Add(i);", 2, "InvalidOperationException", "while a foreach goes through it")]
    [InlineData("var t = File.ReadAllText(\"no-such-file.txt\");", 1, "FileNotFoundException", "no such file")]
    [InlineData("var n = checked(int.MaxValue + int.Parse(\"1\"));", 1, "OverflowException", "does not fit")]
    [InlineData("string s = null;\nvar n = int.Parse(s);", 2, "ArgumentNullException", "got null")]
    public async Task An_exception_is_explained_with_the_cells_own_line(string code, int line, string name, string expected)
    {
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => CSharpScript.RunAsync(code, Options));
        var hint = await host.AskAsync(Tutor.Prompt("Why?", "C#", code, $"{thrown.GetType().Name}: {thrown.Message}\n{thrown}"));
        AssertHint(hint, line, name, expected);
    }

    [Fact]
    public async Task A_line_of_another_cell_is_not_taken_for_one_of_this()
    {
        const string Error = "DivideByZeroException: Attempted to divide by zero.\n   at Half(Int32 n) in Cell 1:line 7\n      return 1 / n;\n   at Cell 2:line 2\n      Half(n);";
        AssertHint(await host.AskAsync(Tutor.Prompt("?", "csharp", "var n = 0;\nHalf(n);", Error)), 2, "DivideByZeroException", "divided by 0");
    }

    private static void AssertHint(string hint, int line, string name, string expected)
    {
        Assert.StartsWith($"**Line {line}** stops with `{name}`", hint, StringComparison.Ordinal);
        Assert.Contains(expected, hint, StringComparison.Ordinal);
        Assert.DoesNotContain("not in my catalogue", hint, StringComparison.Ordinal);
    }
}
