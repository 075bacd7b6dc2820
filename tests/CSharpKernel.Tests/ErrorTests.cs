namespace Lyceum.CSharpKernel.Tests;

public sealed class ErrorTests(RunningKernel kernel) : IClassFixture<RunningKernel>
{
    [Fact]
    public async Task A_compiler_error_names_its_code_line_and_column()
    {
        var run = await kernel.RunAsync("var total = 1;\nConsole.WriteLine(totl);");
        var count = run.Reply["execution_count"]!.GetValue<int>();

        Assert.Equal("CS0103", run.Error["ename"]!.GetValue<string>());
        Assert.Equal("The name 'totl' does not exist in the current context", run.Error["evalue"]!.GetValue<string>());
        Assert.Equal(
            $"""
            cell {count}(2,19): error CS0103: The name 'totl' does not exist in the current context
                2 | Console.WriteLine(totl);
                  |                   ^^^^
            """,
            run.Traceback);
        Assert.Equal(run.Error.ToJsonString(), new System.Text.Json.Nodes.JsonObject
        {
            ["ename"] = run.Reply["ename"]!.DeepClone(), ["evalue"] = run.Reply["evalue"]!.DeepClone(), ["traceback"] = run.Reply["traceback"]!.DeepClone(),
        }.ToJsonString());
    }

    [Fact]
    public async Task A_runtime_error_shows_the_lines_of_all_cells_it_came_through_and_nothing_of_the_kernel()
    {
        var first = await kernel.RunAsync("int Share(int cake, int guests)\n{\n    return cake / guests;\n}");
        var second = await kernel.RunAsync("var guests = 0;\nShare(8, guests)");

        Assert.Equal("DivideByZeroException", second.Error["ename"]!.GetValue<string>());
        Assert.Equal(
            $"""
            DivideByZeroException: Attempted to divide by zero.
               at Share(int cake, int guests) in cell {first.Reply["execution_count"]}:line 3
                3 |     return cake / guests;
               at cell {second.Reply["execution_count"]}:line 2
                2 | Share(8, guests)
            """,
            second.Traceback);
    }

    [Theory]
    [InlineData("async Task<int> Load() { await Task.Delay(1); throw new InvalidOperationException(\"no\"); }\nawait Load()", "InvalidOperationException", "Load(...) in cell")]
    [InlineData("async Task<int> Wait() { await Task.Yield(); throw new InvalidOperationException(\"no\"); }\nWait().Result", "AggregateException", "caused by InvalidOperationException: no")]
    [InlineData("new List<int>().First()", "InvalidOperationException", "at Enumerable.First(IEnumerable<TSource> source)")]
    [InlineData("string name = null;\nname.Length", "NullReferenceException", ":line 2")]
    [InlineData("new[] { 1 }.Select(n => n / 0m).ToList()", "DivideByZeroException", "lambda(int n) in cell")]
    [InlineData("throw new AggregateException(new Exception(\"inner\"));", "AggregateException", "inner")]
    public async Task Errors_are_told_in_terms_of_the_source(string code, string name, string expected)
    {
        var run = await kernel.RunAsync(code);

        Assert.Equal(name, run.Error["ename"]!.GetValue<string>());
        Assert.Contains(expected, run.Traceback, StringComparison.Ordinal);
        Assert.DoesNotContain("Lyceum", run.Traceback, StringComparison.Ordinal);
        Assert.DoesNotContain("Submission#", run.Traceback, StringComparison.Ordinal);
        Assert.DoesNotContain("MoveNext", run.Traceback, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_on_a_thread_of_the_users_does_not_end_the_kernel()
    {
        var run = await kernel.RunAsync("var thread = new Thread(() => throw new Exception(\"beside\")); thread.Start(); thread.Join();");
        Assert.Contains("beside", run.Stderr, StringComparison.Ordinal);
        Assert.Equal("1", (await kernel.RunAsync("1")).Result);
    }

    [Fact]
    public async Task Endless_recursion_through_the_heap_ends_in_an_error_not_in_a_hang()
    {
        var run = await kernel.RunAsync("void Deep(int n) { RuntimeHelpersCheck(); Deep(n + 1); }\nvoid RuntimeHelpersCheck() => System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();\nDeep(0);");
        Assert.Equal("InsufficientExecutionStackException", run.Error["ename"]!.GetValue<string>());
        Assert.Contains("more calls", run.Traceback, StringComparison.Ordinal);
    }
}
