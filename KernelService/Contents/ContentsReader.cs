using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Lyceum.KernelService.Accounts;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Contents;

/// <summary>What a client wants to know of a file.</summary>
/// <param name="Content">The content, too.</param>
/// <param name="Type">The type that the client takes it for; null for what it is.</param>
/// <param name="Format">The format that the client wants a file in; null for text if it is text, else base64.</param>
/// <param name="Hash">Its hash, too.</param>
internal sealed record ReadOptions(bool Content, string? Type = null, string? Format = null, bool Hash = false);

/// <summary>Describes and reads what is in a workspace.</summary>
internal sealed class ContentsReader(IOptions<ContentsOptions> options)
{
    private const int MaxEntries = 10_000;
    private static readonly FileExtensionContentTypeProvider MimeTypes = new();

    /// <exception cref="BadHttpRequestException">There is no such thing, or it is not what the client takes it for.</exception>
    public async Task<ContentsModel> ReadAsync(WorkspaceFolder folder, WorkspacePath path, ReadOptions wanted, CancellationToken cancellationToken)
    {
        var found = folder.Find(path);
        var model = Describe(path, found, folder.IsWritable(path));
        if (wanted.Type is { } type && type != model.Type && !(model.Type == "notebook" && type == "file"))
        {
            throw Bad($"{path} is a {model.Type}, not a {type}");
        }

        if (found is DirectoryInfo directory)
        {
            return wanted.Content ? model with { Format = "json", Content = List(folder, path, directory) } : model;
        }

        if (!wanted.Content && !wanted.Hash)
        {
            return model;
        }

        if (!wanted.Content)
        {
            return model with { Hash = await HashAsync(found.FullName, cancellationToken), HashAlgorithm = "sha256" };
        }

        var bytes = await ReadBytesAsync(path, found.FullName, cancellationToken);
        model = wanted.Hash ? model with { Hash = Convert.ToHexStringLower(SHA256.HashData(bytes)), HashAlgorithm = "sha256" } : model;
        return model.Type == "notebook" && wanted.Type != "file" ? model with { Format = "json", Content = Notebook(path, bytes) }
            : WithContent(model with { Type = "file" }, bytes, wanted.Format);
    }

    private static ContentsModel Describe(WorkspacePath path, FileSystemInfo found, bool isWritable)
    {
        var type = found is DirectoryInfo ? "directory" : path.Name.EndsWith(".ipynb", StringComparison.Ordinal) ? "notebook" : "file";
        return new ContentsModel(path.Name, path.ToString(), type, WorkspaceFolder.Time(found.CreationTimeUtc), WorkspaceFolder.Time(found.LastWriteTimeUtc))
        {
            Size = (found as FileInfo)?.Length,
            Writable = isWritable,
        };
    }

    private static RawJson List(WorkspaceFolder folder, WorkspacePath path, DirectoryInfo directory)
    {
        var models = new List<ContentsModel>();
        if (path.IsRoot && folder.Course is { } course)
        {
            models.Add(Describe(path.Child(CourseFolder.Name), new DirectoryInfo(course.Root), course.IsWritable));
        }

        foreach (var entry in UserFiles.Do(directory.FullName, () => directory.EnumerateFileSystemInfos().Take(MaxEntries).ToList()))
        {
            // Hidden ones, links, and names that could not be asked for again.
            if (entry.Name[0] == '.' || entry.LinkTarget is not null || entry.Name.Contains('\\', StringComparison.Ordinal) || entry.Name.Any(char.IsControl))
            {
                continue;
            }

            var child = path.Child(entry.Name);
            if (!path.IsRoot || !folder.IsCourse(child))
            {
                models.Add(Describe(child, entry, folder.IsWritable(child)));
            }
        }

        models.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        return new RawJson(JsonSerializer.SerializeToUtf8Bytes(models, ContentsJson.Default.IReadOnlyListContentsModel));
    }

    private static async Task<string> HashAsync(string location, CancellationToken cancellationToken)
    {
        var file = CarefulFile.OpenRead(location);
        await using (file)
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
        }
    }

    private async Task<byte[]> ReadBytesAsync(WorkspacePath path, string location, CancellationToken cancellationToken)
    {
        var file = CarefulFile.OpenRead(location);
        await using (file)
        {
            if (file.Length > options.Value.MaxFileBytes)
            {
                throw new BadHttpRequestException(
                    $"{path} has {file.Length} bytes, more than the {options.Value.MaxFileBytes} that can be opened. Download it from /files/{path}.",
                    StatusCodes.Status413PayloadTooLarge);
            }

            var bytes = new byte[file.Length];
            var read = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            return read == bytes.Length ? bytes : bytes[..read];
        }
    }

    private static RawJson Notebook(WorkspacePath path, byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return NotebookFormat.FindError(document.RootElement) is { } error
                ? throw Bad($"Unreadable notebook: {path}: {error}")
                : new RawJson(NotebookText.ForClients(document.RootElement));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Bad($"Unreadable notebook: {path}: {exception.Message}");
        }
    }

    private static ContentsModel WithContent(ContentsModel model, byte[] bytes, string? format)
    {
        var mimeType = MimeTypes.TryGetContentType(model.Name, out var known) ? known : null;
        var isText = Utf8.IsValid(bytes);
        return (format, isText) switch
        {
            ("text", false) => throw Bad($"{model.Path} is not UTF-8 encoded; ask for format=base64"),
            ("text" or null, true) => model with { Format = "text", Mimetype = mimeType ?? "text/plain", Content = Text(Encoding.UTF8.GetString(bytes)) },
            ("base64", _) or (null, false) =>
                model with { Format = "base64", Mimetype = mimeType ?? "application/octet-stream", Content = Text(Convert.ToBase64String(bytes)) },
            _ => throw Bad($"There is no format '{format}' for a file: ask for text or base64"),
        };
    }

    private static RawJson Text(string text) => new(JsonSerializer.SerializeToUtf8Bytes(text, ContentsJson.Default.String));

    private static BadHttpRequestException Bad(string message) => new(message, StatusCodes.Status400BadRequest);
}
