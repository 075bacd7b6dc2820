using Aspire.Hosting.Publishing;

namespace Lyceum.AppHost.Secrets;

/// <summary>A random value that is made once and then kept in a file that only its owner can read.</summary>
internal sealed class KeptSecret(string folder, string name, GenerateParameterDefault made) : ParameterDefault
{
    private readonly Lock _lock = new();

    public override string GetDefaultValue()
    {
        lock (_lock)
        {
            var file = Path.Combine(folder, name);
            if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } kept)
            {
                return kept;
            }

            var value = made.GetDefaultValue();
            var unfinished = $"{file}.new";
            File.Delete(unfinished);
            using (var stream = new FileStream(unfinished, Creation()))
            using (var writer = new StreamWriter(stream))
            {
                writer.Write(value);
                writer.Flush();
                stream.Flush(flushToDisk: true);
            }

            // Whole or not at all: half a key would orphan what was made with the rest.
            File.Move(unfinished, file, overwrite: true);
            return value;
        }
    }

    public override void WriteToManifest(ManifestPublishingContext context) => made.WriteToManifest(context);

    private static FileStreamOptions Creation()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
