using System.Diagnostics;
using System.Globalization;

namespace Lyceum.KernelBench.Targets;

/// <summary>A client as people have it, in Python, in a process of its own.</summary>
internal sealed class PythonClient : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts one.</summary>
    /// <param name="arguments">Those of <c>python_client.py</c>: to which kernel, and how.</param>
    public PythonClient(IEnumerable<string> arguments)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "python_client.py");
        _process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    /// <summary>Executes one after the other, and answers how many milliseconds each took as the client sees it.</summary>
    public async Task<double[]> ExecuteAsync(int count, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(count.ToString(CultureInfo.InvariantCulture).AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        string line = await _process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException("The Python client ended; what it said is above.");
        return [.. line.Split(' ').Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
