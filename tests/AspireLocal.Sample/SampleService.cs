using System.Collections;
using System.Diagnostics;

namespace Lyceum.AspireLocal.Sample;

/// <summary>Tells what it was started with, and does what services do when they misbehave.</summary>
internal static class SampleService
{
    public static async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        var readyWhen = Environment.GetEnvironmentVariable("SAMPLE_READY_WHEN");
        var journal = Environment.GetEnvironmentVariable("SAMPLE_JOURNAL");
        var name = Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME");

        app.MapGet("/health", () => readyWhen is null || File.Exists(readyWhen) ? Results.Ok() : Results.StatusCode(503));
        app.MapGet("/env", () => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value));
        app.MapGet("/pid", () => Environment.ProcessId);
        app.MapGet("/child", () => Process.Start("setsid", ["sleep", "600"]).Id);
        Console.WriteLine("sample listens");
        Note("started");
        await app.RunAsync();
        Note("stopped");
        return 0;

        void Note(string what)
        {
            if (journal is not null)
            {
                File.AppendAllText(journal, $"{name} {what}\n");
            }
        }
    }
}
