using Aspire.Hosting;

namespace Lyceum.AspireLocal.Sample;

/// <summary>This program as a project resource.</summary>
public sealed class SampleProject : IProjectMetadata
{
    /// <inheritdoc />
    public string ProjectPath => Path.Combine(AppContext.BaseDirectory, "AspireLocal.Sample.csproj");

    /// <inheritdoc />
    public string? TargetPath => typeof(SampleProject).Assembly.Location;
}
