using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lyceum.ChatService.Plugins;

/// <summary>
/// Reads one YAML document as JSON, by YAML 1.2's core schema. Aliases, tags and a second document are refused: a small text could
/// stand for a huge one, or for something else than it looks like.
/// </summary>
internal sealed partial class YamlDocument
{
    private const int MaxDepth = 32;
    private const int MaxNodes = 20_000;

    private readonly IParser _parser;
    private int _nodes;

    private YamlDocument(IParser parser) => _parser = parser;

    /// <exception cref="FormatException">It is none; the message says where.</exception>
    public static JsonNode? Read(string text)
    {
        try
        {
            return new YamlDocument(new Parser(new StringReader(text))).Read();
        }
        catch (YamlException failure)
        {
            throw new FormatException($"Line {failure.Start.Line}: {failure.InnerException?.Message ?? failure.Message}", failure);
        }
    }

    private JsonNode? Read()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.Accept<DocumentStart>(out _))
        {
            throw new FormatException("It is empty.");
        }

        _parser.Consume<DocumentStart>();
        var root = Node(1);
        _parser.Consume<DocumentEnd>();
        return _parser.Accept<StreamEnd>(out _) ? root : throw Fault("There is a second document: send one at a time.");
    }

    private JsonNode? Node(int depth)
    {
        if (depth > MaxDepth || ++_nodes > MaxNodes)
        {
            throw Fault($"It is nested deeper than {MaxDepth} levels, or has more than {MaxNodes} parts.");
        }

        return _parser.Current switch
        {
            AnchorAlias => throw Fault("It has an alias ('*name'): write the value out."),
            NodeEvent { Tag: { IsEmpty: false } } => throw Fault("It has a tag ('!name'): leave it out."),
            MappingStart => Mapping(depth),
            SequenceStart => Sequence(depth),
            Scalar => Value(_parser.Consume<Scalar>()),
            _ => throw Fault("A value is missing."),
        };
    }

    private JsonObject Mapping(int depth)
    {
        _parser.Consume<MappingStart>();
        JsonObject mapping = [];
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var name) || !name.Tag.IsEmpty)
            {
                throw Fault("A name must be text.");
            }

            if (mapping.ContainsKey(name.Value))
            {
                throw Fault($"'{name.Value}' is there twice.");
            }

            mapping[name.Value] = Node(depth + 1);
        }

        return mapping;
    }

    private JsonArray Sequence(int depth)
    {
        _parser.Consume<SequenceStart>();
        JsonArray sequence = [];
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            sequence.Add(Node(depth + 1));
        }

        return sequence;
    }

    private static JsonNode? Value(Scalar scalar) => scalar.Style != ScalarStyle.Plain ? JsonValue.Create(scalar.Value) : scalar.Value switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        var text when Number().IsMatch(text) => JsonNode.Parse(text),
        var text => JsonValue.Create(text),
    };

    private FormatException Fault(string message) => new(string.Create(CultureInfo.InvariantCulture, $"Line {_parser.Current?.Start.Line ?? 1}: {message}"));

    /// <summary>A number that JSON can say, too. Others, such as one that begins with a zero, are taken as text.</summary>
    [GeneratedRegex(@"^-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?(?:[eE][-+]?[0-9]{1,2})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
