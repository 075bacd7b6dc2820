using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Lyceum.ChatService.Conversations;

/// <summary>A whole conversation as a file.</summary>
internal sealed class ConversationExport(ChatSession session, string subject, string format, ConversationStore conversations) : IResult
{
    public const string Json = "json";
    public const string Markdown = "markdown";
    private const int PageSize = 200;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var cancellationToken = httpContext.RequestAborted;
        var messages = await ReadAsync(cancellationToken);
        var (type, extension) = format == Markdown ? ("text/markdown; charset=utf-8", "md") : ("application/json; charset=utf-8", "json");
        httpContext.Response.ContentType = type;
        httpContext.Response.Headers.ContentDisposition = $"attachment; filename=\"conversation-{session.SessionId}.{extension}\"";
        httpContext.Response.Headers.CacheControl = "no-store";
        await (format == Markdown
            ? WriteMarkdownAsync(httpContext, messages, cancellationToken)
            : JsonSerializer.SerializeAsync(httpContext.Response.Body, new ExportedConversation(session, messages), ChatJson.Default.ExportedConversation, cancellationToken));
    }

    private async Task<List<Message>> ReadAsync(CancellationToken cancellationToken)
    {
        List<Message> messages = [];
        Guid? before = null;
        do
        {
            if (await conversations.HistoryAsync(subject, session.SessionId, before, PageSize, cancellationToken) is not { } page)
            {
                break;
            }

            messages.InsertRange(0, page.Messages);
            before = page.Next;
        }
        while (before is not null);
        return messages;
    }

    private async Task WriteMarkdownAsync(HttpContext http, List<Message> messages, CancellationToken cancellationToken)
    {
        await http.Response.WriteAsync($"# {session.Title}\n\n", cancellationToken);
        if (session.NotebookPath is { } notebook)
        {
            await http.Response.WriteAsync($"Notebook: {notebook}\n\n", cancellationToken);
        }

        foreach (var message in messages)
        {
            await http.Response.WriteAsync(Section(message), cancellationToken);
        }
    }

    private static string Section(Message message)
    {
        var who = message.Sender switch { Sender.User => "Student", Sender.Assistant => $"Tutor ({message.Model ?? "no model"})", _ => message.Author ?? message.Sender };
        StringBuilder section = new();
        section.Append(CultureInfo.InvariantCulture, $"## {who}, {message.Timestamp.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        if (message.Status != MessageStatus.Done)
        {
            section.Append(CultureInfo.InvariantCulture, $" ({message.Status})");
        }

        return section.Append("\n\n").Append(message.Content).Append("\n\n").ToString();
    }
}
