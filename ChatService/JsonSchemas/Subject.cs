using System.Text.Json;

namespace Lyceum.ChatService.JsonSchemas;

/// <summary>What is being checked, where it is, by which keyword, and who wants to know why it fails.</summary>
internal readonly record struct Subject(JsonElement Value, Pointer At, Pointer Keyword, List<ValidationError>? Errors)
{
    public const int MaxErrors = 20;

    public Subject Under(string keyword) => this with { Keyword = Keyword.Then(keyword) };

    public Subject Under(int index) => this with { Keyword = Keyword.Then(index) };

    public Subject Beside(string keyword) => this with { Keyword = Keyword.Parent!.Then(keyword) };

    public Subject Quietly() => this with { Errors = null };

    public Subject Part(JsonElement value, string name, string? token) =>
        this with { Value = value, At = At.Then(name), Keyword = token is null ? Keyword : Keyword.Then(token) };

    public Subject Part(JsonElement value, int index, int? token = null) =>
        this with { Value = value, At = At.Then(index), Keyword = token is { } at ? Keyword.Then(at) : Keyword };

    public bool Complain(string message)
    {
        if (Errors is { Count: < MaxErrors })
        {
            Errors.Add(new ValidationError(At.ToString(), Keyword.ToString(), message));
        }

        return false;
    }

    public Evaluated? Fail(string message)
    {
        Complain(message);
        return null;
    }
}
