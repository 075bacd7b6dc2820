using Aspire.Hosting.ApplicationModel;
using Lyceum.AspireLocal.Running;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Adds projects.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project whose endpoints the caller states.</summary>
    /// <typeparam name="TProject">The class that the build made for the project.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="launchProfileName">Must be null: AspireLocal reads no launch profiles.</param>
    /// <returns>Says more about the project.</returns>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder, string name, string? launchProfileName)
        where TProject : IProjectMetadata, new()
    {
        if (launchProfileName is not null)
        {
            throw new DistributedApplicationException(
                $"AspireLocal reads no launch profiles: add '{name}' with launchProfileName: null and state its endpoints.");
        }

        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(new ProjectAnnotation(new TProject()));
        return project.WithEnvironment(context =>
        {
            context.EnvironmentVariables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
            if (context.ExecutionContext.IsPublishMode)
            {
                ProjectEnvironment.ForPublishing(project.Resource, context.EnvironmentVariables);
            }
            else
            {
                ProjectEnvironment.ForRunning(project.Resource, context.EnvironmentVariables, builder.Environment.IsDevelopment());
            }
        });
    }

    /// <summary>Runs the project several times behind one address.</summary>
    /// <param name="builder">The project.</param>
    /// <param name="replicas">How many processes, from 1 to 32.</param>
    /// <returns>This.</returns>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        if (replicas is < 1 or > 32)
        {
            throw new DistributedApplicationException($"'{builder.Resource.Name}' cannot run {replicas} times; choose 1 to 32.");
        }

        return builder.WithAnnotation(new ReplicaAnnotation(replicas), ResourceAnnotationMutationBehavior.Replace);
    }
}
