using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Lyceum.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class MetricsTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    [Fact]
    public async Task What_was_taken_is_counted()
    {
        var sums = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener();
        var factory = app.Service.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, me) =>
        {
            if (instrument.Meter.Name == "Lyceum.TelemetryIngest" && instrument.Meter.Scope == factory)
            {
                me.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        listener.Start();

        using var client = app.ClientFor(TestIdentity.Student());
        var one = Sent.Execution(TimeProvider.System.GetUtcNow());
        Assert.Equal((2, 1, "3"), await client.SendAsync(one, one, Sent.Execution(TimeProvider.System.GetUtcNow()), "bad").IngestedAsync());
        Assert.Equal(2, sums["lyceum.telemetry.events.accepted"]);
        Assert.Equal(1, sums["lyceum.telemetry.events.duplicates"]);
        Assert.Equal(1, sums["lyceum.telemetry.events.rejected"]);
        Assert.Equal(2, sums["lyceum.telemetry.batch.size"]);
        Assert.True(sums["lyceum.telemetry.commit.duration"] > 0);
    }
}
