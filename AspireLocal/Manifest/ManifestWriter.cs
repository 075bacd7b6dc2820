using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Lyceum.AspireLocal.Manifest;

/// <summary>Writes resources in the shape that Aspire's manifest publisher gives them.</summary>
internal sealed class ManifestWriter(ManifestPublishingContext context, DistributedApplicationExecutionContext execution)
{
    private readonly ManifestExpressions _expressions = new();
    private readonly List<ParameterResource> _unnamed = [];

    // A server's connection string names its endpoint, and the endpoint the server.
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    public async Task WriteAsync(IReadOnlyList<IResource> resources, CancellationToken cancellationToken)
    {
        context.Writer.WriteStartObject();
        context.Writer.WriteStartObject("resources");
        foreach (var resource in resources.Where(resource => resource is not IComputeEnvironmentResource))
        {
            await WriteAsync(resource, resources, cancellationToken);
        }

        // A generated password belongs to a server and is not in the model itself; it comes after those that name it.
        for (var i = 0; i < _unnamed.Count; i++)
        {
            await WriteAsync(_unnamed[i], resources, cancellationToken);
        }

        _expressions.WriteEncoded(context.Writer);
        context.Writer.WriteEndObject();
        context.Writer.WriteEndObject();
    }

    private async Task WriteAsync(IResource resource, IReadOnlyList<IResource> model, CancellationToken cancellationToken)
    {
        var writer = context.Writer;
        writer.WriteStartObject(resource.Name);
        switch (resource)
        {
            case ContainerResource container:
                writer.WriteString("type", "container.v0");
                WriteConnectionString(resource, model);
                WriteContainer(container);
                await WriteEnvironmentAsync(resource, model, cancellationToken);
                break;
            case ProjectResource:
                writer.WriteString("type", "project.v0");
                writer.WriteString("path", Relative(resource.Annotations.OfType<ProjectAnnotation>().Single().Metadata.ProjectPath));
                WriteArguments(resource);
                await WriteEnvironmentAsync(resource, model, cancellationToken);
                break;
            case ExecutableResource executable:
                writer.WriteString("type", "executable.v0");
                writer.WriteString("workingDirectory", Relative(executable.WorkingDirectory));
                writer.WriteString("command", executable.Command);
                WriteArguments(resource);
                await WriteEnvironmentAsync(resource, model, cancellationToken);
                break;
            case ParameterResource parameter:
                WriteParameter(parameter);
                break;
            case IResourceWithConnectionString:
                writer.WriteString("type", "value.v0");
                WriteConnectionString(resource, model);
                break;
            default:
                writer.WriteString("error", "This resource does not support generation in the manifest.");
                break;
        }

        if (resource is IResourceWithEndpoints)
        {
            ManifestBindings.Write(writer, resource);
        }

        writer.WriteEndObject();
    }

    private void WriteContainer(ContainerResource container)
    {
        var writer = context.Writer;
        var image = container.Annotations.OfType<ImageAnnotation>().Last();
        writer.WriteString("image", $"{image.Registry}/{image.Image}:{image.Tag}");
        if (container.Entrypoint is not null)
        {
            writer.WriteString("entrypoint", container.Entrypoint);
        }

        WriteArguments(container);
        var volumes = container.Annotations.OfType<ContainerMountAnnotation>().ToArray();
        if (volumes.Length == 0)
        {
            return;
        }

        writer.WriteStartArray("volumes");
        foreach (var volume in volumes)
        {
            writer.WriteStartObject();
            if (volume.Source is not null)
            {
                writer.WriteString("name", volume.Source);
            }

            writer.WriteString("target", volume.Target);
            writer.WriteBoolean("readOnly", volume.IsReadOnly);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteParameter(ParameterResource parameter)
    {
        var writer = context.Writer;
        writer.WriteString("type", "parameter.v0");
        if (parameter.IsConnectionString)
        {
            writer.WriteString("connectionString", parameter.ValueExpression);
        }

        writer.WriteString("value", $"{{{parameter.Name}.inputs.value}}");
        writer.WriteStartObject("inputs");
        writer.WriteStartObject("value");
        writer.WriteString("type", "string");
        if (parameter.Secret)
        {
            writer.WriteBoolean("secret", true);
        }

        if (parameter.Default is not null)
        {
            writer.WriteStartObject("default");
            parameter.Default.WriteToManifest(context);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteConnectionString(IResource resource, IReadOnlyList<IResource> model)
    {
        if (resource is IResourceWithConnectionString { ConnectionStringExpression: var expression })
        {
            Remember(expression, model);
            context.Writer.WriteString("connectionString", _expressions.Of(expression));
        }
    }

    private void WriteArguments(IResource resource)
    {
        var arguments = resource.Annotations.OfType<ArgumentsAnnotation>().SelectMany(annotation => annotation.Arguments).ToArray();
        if (arguments.Length == 0)
        {
            return;
        }

        context.Writer.WriteStartArray("args");
        foreach (var argument in arguments)
        {
            context.Writer.WriteStringValue(_expressions.Of(argument));
        }

        context.Writer.WriteEndArray();
    }

    private async Task WriteEnvironmentAsync(IResource resource, IReadOnlyList<IResource> model, CancellationToken cancellationToken)
    {
        var variables = await EnvironmentVariables.OfAsync(resource, execution, cancellationToken);
        if (variables.Count == 0)
        {
            return;
        }

        context.Writer.WriteStartObject("env");
        foreach (var (name, value) in variables)
        {
            Remember(value, model);
            context.Writer.WriteString(name, _expressions.Of(value));
        }

        context.Writer.WriteEndObject();
    }

    private void Remember(object value, IReadOnlyList<IResource> model)
    {
        if (value is ParameterResource parameter && !model.Contains(parameter) && !_unnamed.Contains(parameter))
        {
            _unnamed.Add(parameter);
        }

        if (value is IResource && !_seen.Add(value))
        {
            return;
        }

        if (value is IValueWithReferences compound)
        {
            foreach (var reference in compound.References)
            {
                Remember(reference, model);
            }
        }
    }

    private string Relative(string path) =>
        Path.GetRelativePath(Path.GetDirectoryName(context.ManifestPath)!, path).Replace('\\', '/');
}
