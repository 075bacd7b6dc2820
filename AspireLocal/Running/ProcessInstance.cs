using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Lyceum.AspireLocal.Running;

/// <summary>One process of a resource: starts it, starts it again when it ends, and gives up when that does not help.</summary>
internal sealed partial class ProcessInstance(
    string name, int? port, LaunchPlan plan, ConsoleLog console, Reaper reaper, RunOptions options, TimeProvider time, ILogger logger)
    : IDisposable
{
    private static readonly TimeSpan HealthyLongEnough = TimeSpan.FromMinutes(1);

    private CancellationTokenSource? _running;
    private Task _supervision = Task.CompletedTask;
    private int _failures;
    private bool _everHealthy;

    public string Name { get; } = name;

    /// <summary>The port that it listens on, where it has one.</summary>
    public int? Port { get; } = port;

    public LaunchPlan Plan { get; } = plan;

    public ResourceState State { get; private set; } = ResourceState.Waiting;

    public string? Reason { get; private set; }

    public int Restarts { get; private set; }

    public int? Pid { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public void Start()
    {
        if (!_supervision.IsCompleted)
        {
            return;
        }

        _failures = 0;
        _running?.Dispose();
        _running = new CancellationTokenSource();
        _supervision = SuperviseAsync(_running.Token);
    }

    public async Task StopAsync()
    {
        if (_running is not null)
        {
            await _running.CancelAsync();
        }

        await _supervision;
        State = ResourceState.Stopped;
        Reason = null;
    }

    public void Dispose() => _running?.Dispose();

    /// <summary>Health clears the count of failures once it has lasted.</summary>
    public void ReportHealthy()
    {
        _everHealthy = true;
        if (StartedAt is { } started && time.GetUtcNow() - started > HealthyLongEnough)
        {
            _failures = 0;
        }
    }

    private async Task SuperviseAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            State = ResourceState.Starting;
            var outcome = await RunOnceAsync(stopping);
            if (stopping.IsCancellationRequested)
            {
                return;
            }

            var last = string.Join('\n', console.LastOf(Name, 3));
            var why = last.Length == 0 ? outcome : $"{outcome}: {last}";
            if (++_failures > options.MaxRestarts)
            {
                State = _everHealthy ? ResourceState.Exited : ResourceState.FailedToStart;
                Reason = $"{why} (given up after {_failures} starts)";
                Log.GivenUp(logger, Name, Reason);
                return;
            }

            var delay = options.DelayAfter(_failures);
            State = ResourceState.Restarting;
            Reason = why;
            Log.Ended(logger, Name, outcome, delay.TotalSeconds);
            await Task.Delay(delay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Restarts += stopping.IsCancellationRequested ? 0 : 1;
        }
    }

    private async Task<string> RunOnceAsync(CancellationToken stopping)
    {
        using var process = new Process { StartInfo = StartInfo() };
        try
        {
            process.Start();
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            console.Add(Name, exception.Message, isError: true);
            return "could not be started";
        }

        Pid = process.Id;
        reaper.Watch(process.Id);
        process.StandardInput.Close();
        StartedAt = time.GetUtcNow();
        State = ResourceState.Running;
        Reason = null;
        using var reading = new CancellationTokenSource();
        var output = Task.WhenAll(
            LineReader.ReadAsync(process.StandardOutput, line => console.Add(Name, line, isError: false), reading.Token),
            LineReader.ReadAsync(process.StandardError, line => console.Add(Name, line, isError: true), reading.Token));
        try
        {
            await process.WaitForExitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process);
        }

        Pid = null;
        Signals.EndGroup(process.Id, Sessions.Available);
        reaper.Forget(process.Id);

        // Whoever inherited the pipe may hold it for ever; what was written before the end arrives at once.
        reading.CancelAfter(TimeSpan.FromMilliseconds(500));
        await output.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return $"exited with code {process.ExitCode}";
    }

    private async Task EndAsync(Process process)
    {
        Signals.AskToEnd(process);
        using var grace = new CancellationTokenSource(TimeSpan.FromMilliseconds(options.StopGrace), time);
        try
        {
            await process.WaitForExitAsync(grace.Token);
        }
        catch (OperationCanceledException)
        {
            Log.Killed(logger, Name, options.StopGrace);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private ProcessStartInfo StartInfo()
    {
        var info = Sessions.StartInfo(Plan.Command, Plan.Arguments);
        info.WorkingDirectory = Plan.WorkingDirectory;
        foreach (var inherited in info.Environment.Keys.Where(key => !LaunchPlan.IsHandedOn(key)).ToArray())
        {
            info.Environment.Remove(inherited);
        }

        info.Environment["ASPIRE_LOCAL_RUN"] = reaper.Mark;
        foreach (var variable in Plan.Variables)
        {
            info.Environment[variable.Name] = variable.Value;
        }

        return info;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Resource} {Outcome}; starting it again in {Delay} s")]
        public static partial void Ended(ILogger logger, string resource, string outcome, double delay);

        [LoggerMessage(LogLevel.Error, "{Resource} {Reason}")]
        public static partial void GivenUp(ILogger logger, string resource, string reason);

        [LoggerMessage(LogLevel.Warning, "{Resource} did not end within {Grace} ms and was killed")]
        public static partial void Killed(ILogger logger, string resource, int grace);
    }
}
