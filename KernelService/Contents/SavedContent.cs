using System.Text;
using System.Text.Json;

namespace Lyceum.KernelService.Contents;

/// <summary>The bytes that a request to save stands for.</summary>
internal static class SavedContent
{
    /// <exception cref="BadHttpRequestException">The content is not what the request says it is.</exception>
    public static ReadOnlyMemory<byte> Of(WorkspacePath path, SaveRequest request)
    {
        var type = request.Type ?? throw Bad("The body has no type: notebook, file or directory");
        switch (type, request.Content.ValueKind)
        {
            case (_, JsonValueKind.Undefined):
                throw Bad("The body has no content");
            case ("notebook", _):
                return NotebookOf(path, request.Content);
            case ("file", JsonValueKind.String):
                break;
            case ("file", _):
                throw Bad("The content of a file is a string");
            default:
                throw Bad($"There is no type '{type}': notebook, file and directory are known");
        }

        try
        {
            var text = request.Content.GetString()!;
            return request.Format switch
            {
                null or "text" => Encoding.UTF8.GetBytes(text),
                "base64" => Convert.FromBase64String(text),
                _ => throw Bad($"There is no format '{request.Format}' for a file: text and base64 are known"),
            };
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException)
        {
            throw Bad($"The content of {path} is not {request.Format ?? "text"}: {exception.Message}");
        }
    }

    private static ReadOnlyMemory<byte> NotebookOf(WorkspacePath path, JsonElement content)
    {
        try
        {
            return NotebookFormat.FindError(content) is { } error ? throw Bad($"Not a notebook: {path}: {error}") : NotebookText.ForDisk(content);
        }
        catch (InvalidOperationException exception)
        {
            throw Bad($"Not a notebook: {path}: {exception.Message}");
        }
    }

    private static BadHttpRequestException Bad(string message) => new(message, StatusCodes.Status400BadRequest);
}
