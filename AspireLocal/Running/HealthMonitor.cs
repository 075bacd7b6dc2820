using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Lyceum.AspireLocal.Running;

/// <summary>Asks a resource again and again whether it is ready: often until it is, then now and then.</summary>
internal sealed class HealthMonitor(HealthCheckService checks, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan WhileStarting = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WhileHealthy = TimeSpan.FromSeconds(2);

    // Asks the service to record no trace: one every two seconds would hide the others.
    private const string NotSampled = "00-0000000000000000000000000000a5b1-00000000000a5b1c-00";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ActivityHeadersPropagator = null })
    {
        Timeout = TimeSpan.FromSeconds(3),
    };

    public async Task RunAsync(RunningResource resource, Func<Task> becameReady, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var reason = await FindFaultAsync(resource, cancellationToken);
            if (resource.Report(reason is null, reason))
            {
                await becameReady();
            }

            if (reason is null)
            {
                foreach (var instance in resource.Instances)
                {
                    instance.ReportHealthy();
                }
            }

            await Task.Delay(reason is null ? WhileHealthy : WhileStarting, time, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<string?> FindFaultAsync(RunningResource resource, CancellationToken cancellationToken)
    {
        foreach (var instance in resource.Instances)
        {
            if (instance.State != ResourceState.Running)
            {
                return instance.Reason ?? $"{instance.Name} does not run";
            }

            foreach (var check in resource.Resource.Annotations.OfType<HttpHealthAnnotation>())
            {
                if (await AskAsync(instance, check, cancellationToken) is { } fault)
                {
                    return fault;
                }
            }
        }

        foreach (var check in resource.Resource.Annotations.OfType<HealthCheckAnnotation>())
        {
            var report = await checks.CheckHealthAsync(registration => registration.Name == check.Key, cancellationToken);
            if (report.Entries.Count == 0)
            {
                return $"no health check is registered by the name '{check.Key}'";
            }

            if (report.Status != HealthStatus.Healthy)
            {
                return report.Entries.Values.Select(entry => entry.Description ?? entry.Exception?.Message).FirstOrDefault() ?? "unhealthy";
            }
        }

        return null;
    }

    private async Task<string?> AskAsync(ProcessInstance instance, HttpHealthAnnotation check, CancellationToken cancellationToken)
    {
        if (instance.Port is not { } port)
        {
            return $"{instance.Name} has no endpoint to ask";
        }

        try
        {
            using var question = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://localhost:{port}{check.Path}"));
            question.Headers.Add("traceparent", NotSampled);
            using var answer = await _http.SendAsync(question, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)answer.StatusCode == check.StatusCode ? null : $"GET {check.Path} answered {(int)answer.StatusCode}";
        }
        catch (HttpRequestException exception)
        {
            return $"GET {check.Path}: {exception.Message}";
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"GET {check.Path} did not answer";
        }
    }
}
