using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Lyceum.AspireLocal.Manifest;

/// <summary>Writes what a resource listens on, with Aspire's rules for the ports that nobody stated.</summary>
internal static class ManifestBindings
{
    private const int FirstFreePort = 8000;

    public static void Write(Utf8JsonWriter writer, IResource resource)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToArray();
        if (endpoints.Length == 0)
        {
            return;
        }

        var next = FirstFreePort;
        var schemes = new HashSet<string>();
        writer.WriteStartObject("bindings");
        foreach (var endpoint in endpoints)
        {
            writer.WriteStartObject(endpoint.Name);
            writer.WriteString("scheme", endpoint.UriScheme);
            writer.WriteString("protocol", endpoint.ProtocolName);
            writer.WriteString("transport", endpoint.Transport);

            // The first HTTP endpoint of a project gets its port from whoever deploys it.
            var deployerChooses = resource is ProjectResource && endpoint.Transport == "http" && schemes.Add(endpoint.UriScheme);
            int? target = endpoint.TargetPort ?? (deployerChooses ? null : resource is ContainerResource ? endpoint.Port ?? next++ : next++);
            if (endpoint.Port is { } port && port != target)
            {
                writer.WriteNumber("port", port);
            }

            if (target is not null)
            {
                writer.WriteNumber("targetPort", target.Value);
            }

            if (endpoint.IsExternal)
            {
                writer.WriteBoolean("external", true);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
