using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Lyceum.AspireLocal.Running;

/// <summary>How one process of a resource is started.</summary>
/// <param name="Command">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="WorkingDirectory">Where it starts.</param>
/// <param name="Variables">What is added to the environment.</param>
internal sealed record LaunchPlan(
    string Command, IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyList<Variable> Variables)
{
    /// <summary>Variables of the AppHost that mean something else, or something secret, to a process that it starts.</summary>
    private static readonly string[] NotHandedOn =
        ["ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "DOTNET_LAUNCH_PROFILE", "DOTNET_URLS", "HTTP_PORTS"];

    private static readonly string[] PrefixesNotHandedOn = ["Parameters__", "ConnectionStrings__", "ASPIRE_"];

    public static bool IsHandedOn(string variable) =>
        !NotHandedOn.Contains(variable) && !PrefixesNotHandedOn.Any(prefix => variable.StartsWith(prefix, StringComparison.Ordinal));

    public static LaunchPlan Of(IResource resource, IReadOnlyList<Variable> variables)
    {
        var arguments = resource.Annotations.OfType<ArgumentsAnnotation>()
            .SelectMany(annotation => annotation.Arguments)
            .Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)!)
            .ToArray();
        return resource switch
        {
            ExecutableResource executable => new LaunchPlan(executable.Command, arguments, executable.WorkingDirectory, variables),
            ProjectResource project => OfProject(project, arguments, variables),
            _ => throw new DistributedApplicationException($"'{resource.Name}' is nothing that AspireLocal can start."),
        };
    }

    private static LaunchPlan OfProject(ProjectResource project, string[] arguments, IReadOnlyList<Variable> variables)
    {
        var metadata = project.Annotations.OfType<ProjectAnnotation>().Single().Metadata;
        var directory = Path.GetDirectoryName(metadata.ProjectPath)!;
        if (metadata.TargetPath is not { } target)
        {
            return new LaunchPlan("dotnet", ["run", "--no-build", "--no-launch-profile", "--project", metadata.ProjectPath, "--", .. arguments], directory, variables);
        }

        var program = Path.ChangeExtension(target, OperatingSystem.IsWindows() ? ".exe" : null);
        return File.Exists(program)
            ? new LaunchPlan(program, arguments, directory, variables)
            : new LaunchPlan("dotnet", ["exec", target, .. arguments], directory, variables);
    }
}
