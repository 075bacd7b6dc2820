using Aspire.Hosting.ApplicationModel;

namespace Lyceum.AspireLocal.Running;

/// <summary>The environment variables that every ASP.NET Core project gets, as Aspire sets them.</summary>
internal static class ProjectEnvironment
{
    public static void ForRunning(ProjectResource project, Dictionary<string, object> variables, bool development)
    {
        variables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
        if (development)
        {
            variables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
            variables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        }

        var endpoint = Http(project);
        if (endpoint is not null)
        {
            // The host is a plain text here; only the port differs from one replica to the next.
            var host = endpoint.EndpointAnnotation.TargetHost;
            variables.TryAdd("ASPNETCORE_URLS", ReferenceExpression.Create(
                $"{endpoint.Property(EndpointProperty.Scheme)}://{host}:{endpoint.Property(EndpointProperty.TargetPort)}"));
        }
    }

    public static void ForPublishing(ProjectResource project, Dictionary<string, object> variables)
    {
        var endpoint = Http(project);
        if (endpoint is not null)
        {
            variables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
            variables.TryAdd("HTTP_PORTS", ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.TargetPort)}"));
        }
    }

    private static EndpointReference? Http(ProjectResource project)
    {
        var endpoint = project.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(endpoint => endpoint.UriScheme == "http");
        return endpoint is null ? null : new EndpointReference(project, endpoint.Name);
    }
}
