using System.ComponentModel.DataAnnotations;
using Lyceum.ServiceDefaults.Discovery;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Nodes;

/// <summary>Stops the start when a node cannot be meant, and says what to write instead.</summary>
internal sealed class NodesOptionsValidator(ServiceEndpoints endpoints) : IValidateOptions<NodesOptions>
{
    public ValidateOptionsResult Validate(string? name, NodesOptions options)
    {
        List<string> failures = [];
        List<ValidationResult> limits = [];
        Validator.TryValidateObject(options.Limits, new ValidationContext(options.Limits), limits, validateAllProperties: true);
        failures.AddRange(limits.Select(result => result.ErrorMessage ?? "Limits are not valid."));
        for (var i = 0; i < options.Nodes.Count; i++)
        {
            failures.AddRange(Wrong(options.Nodes[i]).Select(wrong => $"Nodes:{i}{wrong}"));
        }

        foreach (var (alias, model) in options.Aliases)
        {
            if (model.Split(',').Any(string.IsNullOrWhiteSpace))
            {
                failures.Add($"Aliases:{alias} is empty or has an empty part: write the model that it stands for, such as qwen3:32b, or several, such as qwen3:32b,qwen3:8b.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> Wrong(NodeSettings node)
    {
        List<ValidationResult> found = [];
        Validator.TryValidateObject(node, new ValidationContext(node), found, validateAllProperties: true);
        foreach (var result in found)
        {
            yield return $":{result.ErrorMessage}";
        }

        var addresses = NodeAddresses.Of(node, endpoints);
        if (!string.IsNullOrWhiteSpace(node.Url) && addresses.Count == 0)
        {
            // A password must not reach the log.
            yield return node.Url.Contains('@', StringComparison.Ordinal)
                ? " is not a URL to use: leave out user and password, such as http://gpu1:11434."
                : $" is '{node.Url}': write the node's URL, such as http://gpu1:11434, without query or fragment, or the name of a service that discovery knows (services__{node.Url}__http__0).";
        }

        if (node.Dns && addresses.Any(address => address.Scheme != Uri.UriSchemeHttp))
        {
            yield return ":Dns needs a URL that begins with http://, because a certificate is for a name and not for the addresses behind it.";
        }

        if (node.ApiKey.Length > 0 && node.ApiKeyFile.Length > 0)
        {
            yield return ":ApiKey and ApiKeyFile are both set: leave one of them out.";
        }

        if (node.ApiKeyFile.Length > 0 && KeyFileFault(node) is { } fault)
        {
            yield return $":ApiKeyFile is '{node.ApiKeyFile}', {fault}: name a file that holds the key alone.";
        }

        foreach (var model in node.Models.Where(model => model.Split('=') is var parts && (parts.Any(string.IsNullOrWhiteSpace) || (parts.Length > 1 && node.Protocol is NodeKind.Ollama))))
        {
            yield return $":Models has '{model}': write a model's name, or for a node of kind openai also name=id.";
        }
    }

    private static string? KeyFileFault(NodeSettings node)
    {
        try
        {
            return node.ReadKey() is not { } key ? "which is empty"
                : key.Any(letter => letter is < '!' or > '~') ? "which has characters that a header cannot carry"
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "which cannot be read";
        }
    }
}
