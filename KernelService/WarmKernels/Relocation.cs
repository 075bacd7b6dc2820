using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lyceum.KernelService.Kernels;

namespace Lyceum.KernelService.WarmKernels;

/// <summary>
/// Moves a kernel that runs already to a folder and gives it variables, by a silent execution that leaves no trace in
/// the user's namespace. Folder and variables travel encoded, so that nothing in them can be read as code.
/// </summary>
internal static class Relocation
{
    // What the interpreter put on its path, and IPython into its history of folders, came from the folder of the start.
    private const string Python = """
        exec('''
        import base64, os, sys
        folder, *variables = base64.b64decode(given).decode().split(chr(0))
        before = os.getcwd()
        os.chdir(folder)
        os.environ.update(zip(variables[::2], variables[1::2]))
        sys.path[:] = [folder if entry == before else entry for entry in sys.path]
        shell.user_ns["_dh"][:] = [folder]
        ''', {"given": "GIVEN", "shell": get_ipython()})
        """;

    private const string CSharp = """
        {
            var given = System.Text.Encoding.UTF8.GetString(System.Convert.FromBase64String("GIVEN")).Split('\0');
            System.Environment.CurrentDirectory = given[0];
            for (var i = 1; i + 1 < given.Length; i += 2) System.Environment.SetEnvironmentVariable(given[i], given[i + 1]);
        }
        """;

    public static bool IsKnownFor(string language) => CodeFor(language) is not null;

    /// <summary>Whether the kernel has moved: it says itself that each step succeeded.</summary>
    /// <exception cref="KernelNotReadyException">The kernel has ended.</exception>
    public static async Task<bool> TryMoveAsync(
        KernelRun run, string language, string folder, IEnumerable<KeyValuePair<string, string>> variables, CancellationToken cancellationToken)
    {
        var given = new StringBuilder(folder);
        foreach (var (name, value) in variables)
        {
            given.Append('\0').Append(name).Append('\0').Append(value);
        }

        var code = CodeFor(language)!.Replace("GIVEN", Convert.ToBase64String(Encoding.UTF8.GetBytes(given.ToString())), StringComparison.Ordinal);
        var content = JsonSerializer.SerializeToUtf8Bytes(new SilentExecution(code), RelocationJson.Default.SilentExecution);
        var reply = await run.AskAsync("execute_request", content, published: null, cancellationToken);
        return JsonSerializer.Deserialize(reply.Content.Span, RelocationJson.Default.ExecutionStatus)?.Status == "ok";
    }

    private static string? CodeFor(string language) => language.ToUpperInvariant() switch
    {
        "PYTHON" => Python,
        "C#" => CSharp,
        _ => null,
    };
}

/// <summary>The content of an <c>execute_request</c> that nobody shall see.</summary>
internal sealed record SilentExecution(string Code, bool Silent = true, bool StoreHistory = false, bool AllowStdin = false, bool StopOnError = false);

/// <summary>The field of <c>execute_reply</c> that tells whether it worked.</summary>
internal sealed record ExecutionStatus(string? Status);

[JsonSerializable(typeof(SilentExecution))]
[JsonSerializable(typeof(ExecutionStatus))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class RelocationJson : JsonSerializerContext;
