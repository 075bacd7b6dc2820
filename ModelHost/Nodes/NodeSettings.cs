using System.ComponentModel.DataAnnotations;

namespace Lyceum.ModelHost.Nodes;

/// <summary>One entry of <c>Nodes</c>.</summary>
internal sealed class NodeSettings
{
    private string? _key;

    /// <summary>
    /// The node's URL, or a name that service discovery knows. A blank one is ignored. For a node that speaks OpenAI's API it is what
    /// OpenAI's clients call the base URL; without a path, <c>/v1</c> is meant.
    /// </summary>
    public string Url { get; set; } = "";

    /// <summary><c>ollama</c> or <c>openai</c>: which protocol it speaks.</summary>
    [RegularExpression("(?i)ollama|openai", ErrorMessage = "Kind must be ollama or openai.")]
    public string Kind { get; set; } = "ollama";

    /// <summary>Sent as <c>Authorization: Bearer</c>; none where empty.</summary>
    [RegularExpression(@"[\x21-\x7e]*", ErrorMessage = "ApiKey has characters that a header cannot carry: write the key alone.")]
    public string ApiKey { get; set; } = "";

    /// <summary>A file that holds the key, as containers are given secrets; read at the start.</summary>
    public string ApiKeyFile { get; set; } = "";

    /// <summary>
    /// Whether a node of OpenAI's API takes the parameters that vLLM and llama.cpp's server add to it (<c>top_k</c>, <c>min_p</c>,
    /// <c>chat_template_kwargs</c>, <c>continue_final_message</c>, ...). Cloud providers refuse what they do not know.
    /// </summary>
    public bool Extensions { get; set; } = true;

    /// <summary>
    /// Which of the node's models are offered; all where none is named. <c>name=id</c> offers the model that an OpenAI-compatible node
    /// calls <c>id</c> under a name that other nodes use.
    /// </summary>
    public IList<string> Models { get; } = [];

    /// <summary>Takes every address that the URL's host has in DNS as a node of its own, and looks again every <c>Limits:Dns</c>.</summary>
    public bool Dns { get; set; }

    /// <summary>How much work it gets in proportion to others; 0.01 to 100.</summary>
    [Range(0.01, 100, ErrorMessage = "Weight must be 0.01 to 100.")]
    public double Weight { get; set; } = 1;

    /// <summary>How many requests it gets at once, best what the node runs in parallel (OLLAMA_NUM_PARALLEL); 1 to 10000.</summary>
    [Range(1, 10_000, ErrorMessage = "Parallel must be 1 to 10000.")]
    public int Parallel { get; set; } = 4;

    /// <summary>Gives it nothing new, so that it can be taken away without anybody noticing.</summary>
    public bool Drain { get; set; }

    /// <summary><see cref="Kind"/>, read.</summary>
    public NodeKind Protocol => Kind.Equals("openai", StringComparison.OrdinalIgnoreCase) ? NodeKind.OpenAi : NodeKind.Ollama;

    /// <summary>The key to send: <see cref="ApiKey"/>, or what is in <see cref="ApiKeyFile"/>; null for none.</summary>
    /// <remarks>The file is read once: nodes come and go with DNS, and it may have gone by then.</remarks>
    public string? ReadKey()
    {
        _key ??= ApiKeyFile.Length > 0 ? File.ReadAllText(ApiKeyFile).Trim() : ApiKey;
        return _key.Length == 0 ? null : _key;
    }
}
