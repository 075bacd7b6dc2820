namespace Lyceum.ModelHostBench;

/// <summary>Where this build lies.</summary>
internal sealed class Installation
{
    public Installation()
    {
        // artifacts/bin/<project>/<configuration>/ is the layout of every project here.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        string bin = own.Parent!.Parent!.FullName;
        ModelHost = Path.Combine(bin, "ModelHost", own.Name, "ModelHost.dll");
        Repository = Directory.GetParent(bin)!.Parent!.FullName;
        Model = Environment.GetEnvironmentVariable("LYCEUM_ENGINE_MODEL") ?? Path.Combine(Repository, "artifacts", "engine", "random.gguf");
    }

    public string Repository { get; }

    public string ModelHost { get; }

    /// <summary>The model of the real engine; <c>node tests/engine/make-model.mjs</c> makes one.</summary>
    public string Model { get; }
}
