using System.Diagnostics;
using OpenTelemetry;

namespace Lyceum.ServiceDefaults.Observability;

/// <summary>Keeps health probes out of the traces: they come every few seconds and say nothing.</summary>
internal sealed class ProbeFilter : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Server && data.GetTagItem("url.path") is "/health" or "/alive")
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
