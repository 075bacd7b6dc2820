using System.Net.Http.Headers;
using Lyceum.NotebookAssistant;

namespace Lyceum.ProxyKernel.Assistant;

/// <summary>The tutor at Lyceum's address, asked with the account's token.</summary>
internal sealed class LyceumTutor : ITutor, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly TutorApi _api;

    public LyceumTutor(Uri address) => _api = new TutorApi(_http, address, request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token()));

    private static string TokenFile
    {
        get
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            var configuration = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(home, ".config");
            return Path.Combine(configuration, "lyceum", "token");
        }
    }

    public ValueTask<AssistantReply?> RefusalAsync(string? notebook, CancellationToken cancellationToken) => ValueTask.FromResult(
        Token() is null ? AssistantReply.Error("NoTutor", $"There is no token for Lyceum: put your account's into {TokenFile} or into the environment variable LYCEUM_TOKEN.") : null);

    public Task<TutorAnswer> AskAsync(
        Guid? conversation, string question, QuestionContext context, Action<string> onDelta, CancellationToken cancellationToken) =>
        _api.AskAsync(conversation, question, context, onDelta, cancellationToken);

    public Task<IReadOnlyList<TutorMessage>?> HistoryAsync(Guid conversation, CancellationToken cancellationToken) => _api.HistoryAsync(conversation, cancellationToken);

    public void Dispose() => _http.Dispose();

    // Read each time: who has forgotten it need not start the kernel again.
    private static string? Token()
    {
        if (Environment.GetEnvironmentVariable("LYCEUM_TOKEN") is { Length: > 0 } token)
        {
            return token.Trim();
        }

        try
        {
            return File.ReadAllText(TokenFile).Trim() is { Length: > 0 } kept ? kept : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
