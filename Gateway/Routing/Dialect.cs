namespace Lyceum.Gateway.Routing;

/// <summary>Whose error shape the clients of a path understand.</summary>
internal enum Dialect
{
    /// <summary>RFC 9457.</summary>
    Problem,

    /// <summary><c>{message, reason}</c>.</summary>
    Jupyter,

    /// <summary><c>{error}</c>.</summary>
    Ollama,

    /// <summary><c>{error: {message, type, param, code}}</c>.</summary>
    OpenAI,
}
