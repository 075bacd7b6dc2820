namespace Lyceum.ModelHost.Nodes;

/// <summary>Which protocol a node speaks.</summary>
internal enum NodeKind
{
    /// <summary>Ollama's, which includes OpenAI's on <c>/v1</c>.</summary>
    Ollama,

    /// <summary>OpenAI's alone: vLLM, llama.cpp's server, a cloud provider.</summary>
    OpenAi,
}
