using System.Text.Json;

namespace Lyceum.ChatService.JsonSchemas;

/// <summary>Checks one value against one schema.</summary>
internal sealed class Validator(JsonSchema schema, Budget budget)
{
    private readonly Assertions _assertions = new(schema, budget);
    private int _depth;

    public void Validate(JsonElement value, List<ValidationError> errors) => Evaluate(schema.Root, new Subject(value, Pointer.Root, Pointer.Root, errors));

    /// <summary>What the schema has looked at in the value; null when the value is not valid.</summary>
    private Evaluated? Evaluate(JsonElement against, Subject subject)
    {
        budget.Spend();
        if (against.ValueKind != JsonValueKind.Object)
        {
            return against.ValueKind == JsonValueKind.True ? new Evaluated() : subject.Fail("Nothing may stand here.");
        }

        if (++_depth > Budget.MaxDepth)
        {
            throw new BudgetSpentException();
        }

        Evaluated seen = new();
        var valid = true;
        foreach (var keyword in against.EnumerateObject())
        {
            valid &= Apply(keyword, against, subject.Under(keyword.Name), seen);
        }

        // These two ask what all the others have looked at.
        valid &= Unevaluated(against, subject, seen);
        _depth--;
        return valid ? seen : null;
    }

    private bool Apply(JsonProperty keyword, JsonElement against, Subject subject, Evaluated seen)
    {
        switch (keyword.Name)
        {
            case "$ref":
                return Also(schema.References[keyword.Value.GetString()!], subject, seen);
            case "allOf":
                return keyword.Value.EnumerateArray().Index().Aggregate(true, (valid, branch) => Also(branch.Item, subject.Under(branch.Index), seen) && valid);
            case "anyOf":
                return Choose(keyword.Value, subject, seen, "It must match at least one of the choices, and matches none.", matches => matches >= 1);
            case "oneOf":
                return Choose(keyword.Value, subject, seen, "It must match exactly one of the choices.", matches => matches == 1);
            case "not":
                return Evaluate(keyword.Value, subject.Quietly()) is null || subject.Complain("It must not match this schema.");
            case "if":
                return Condition(keyword.Value, against, subject, seen);
            case "dependentSchemas" when subject.Value.ValueKind == JsonValueKind.Object:
                return keyword.Value.EnumerateObject().Aggregate(true, (valid, rule) =>
                    (!subject.Value.TryGetProperty(rule.Name, out _) || Also(rule.Value, subject.Under(rule.Name), seen)) && valid);
            case "properties" or "patternProperties" or "additionalProperties" or "propertyNames" when subject.Value.ValueKind == JsonValueKind.Object:
                return Properties(keyword, against, subject, seen);
            case "prefixItems" or "items" or "contains" when subject.Value.ValueKind == JsonValueKind.Array:
                return Items(keyword, against, subject, seen);
            default:
                return _assertions.Complaint(keyword, subject.Value) is not { } complaint || subject.Complain(complaint);
        }
    }

    /// <summary>The same value must match another schema, too.</summary>
    private bool Also(JsonElement against, Subject subject, Evaluated seen)
    {
        if (Evaluate(against, subject) is not { } more)
        {
            return false;
        }

        seen.Add(more);
        return true;
    }

    private bool Choose(JsonElement choices, Subject subject, Evaluated seen, string complaint, Func<int, bool> enough)
    {
        List<ValidationError> errors = [];
        var matches = choices.EnumerateArray().Index().Count(choice => Also(choice.Item, subject.Under(choice.Index) with { Errors = errors }, seen));
        if (enough(matches))
        {
            return true;
        }

        subject.Complain(complaint);
        if (matches == 0)
        {
            subject.Errors?.AddRange(errors.Take(Subject.MaxErrors - Math.Min(Subject.MaxErrors, subject.Errors.Count)));
        }

        return false;
    }

    private bool Condition(JsonElement condition, JsonElement against, Subject subject, Evaluated seen)
    {
        var branch = Also(condition, subject.Quietly(), seen) ? "then" : "else";
        return !against.TryGetProperty(branch, out var consequence) || Also(consequence, subject.Beside(branch), seen);
    }

    private bool Properties(JsonProperty keyword, JsonElement against, Subject subject, Evaluated seen)
    {
        var valid = true;
        foreach (var property in subject.Value.EnumerateObject())
        {
            budget.Spend();
            foreach (var (rule, token) in RulesOf(keyword, against, property.Name))
            {
                valid &= keyword.Name == "propertyNames"
                    ? Evaluate(rule, subject with { Value = JsonElement.Parse($"\"{JsonEncodedText.Encode(property.Name)}\"") }) is not null
                    : Evaluate(rule, subject.Part(property.Value, property.Name, token)) is not null;
                if (keyword.Name != "propertyNames")
                {
                    seen.Property(property.Name);
                }
            }
        }

        return valid;
    }

    /// <summary>The schemas that a keyword has for a property of this name.</summary>
    private IEnumerable<(JsonElement Rule, string? Token)> RulesOf(JsonProperty keyword, JsonElement against, string name) => keyword.Name switch
    {
        "properties" => keyword.Value.TryGetProperty(name, out var rule) ? [(rule, name)] : [],
        "patternProperties" => keyword.Value.EnumerateObject().Where(rule => Matches(rule.Name, name)).Select(rule => (rule.Value, (string?)rule.Name)),
        "additionalProperties" => (against.TryGetProperty("properties", out var properties) && properties.TryGetProperty(name, out _))
            || (against.TryGetProperty("patternProperties", out var patterns) && patterns.EnumerateObject().Any(rule => Matches(rule.Name, name)))
            ? [] : [(keyword.Value, null)],
        _ => [(keyword.Value, null)],
    };

    private bool Matches(string pattern, string name)
    {
        budget.Spend(Budget.PatternSteps);
        return schema.Patterns[pattern].IsMatch(name);
    }

    private bool Items(JsonProperty keyword, JsonElement against, Subject subject, Evaluated seen)
    {
        var length = subject.Value.GetArrayLength();
        var before = against.TryGetProperty("prefixItems", out var prefix) ? prefix.GetArrayLength() : 0;
        switch (keyword.Name)
        {
            case "prefixItems":
                seen.ItemsBefore(Math.Min(before, length));
                return keyword.Value.EnumerateArray().Zip(subject.Value.EnumerateArray()).Index().Aggregate(true, (valid, pair) =>
                    Evaluate(pair.Item.First, subject.Part(pair.Item.Second, pair.Index, pair.Index)) is not null && valid);
            case "items":
                seen.ItemsBefore(length);
                return subject.Value.EnumerateArray().Index().Skip(before).Aggregate(true, (valid, item) =>
                    Evaluate(keyword.Value, subject.Part(item.Item, item.Index)) is not null && valid);
            default:
                return Contains(keyword.Value, against, subject, seen);
        }
    }

    private bool Contains(JsonElement wanted, JsonElement against, Subject subject, Evaluated seen)
    {
        var found = 0;
        foreach (var (index, item) in subject.Value.EnumerateArray().Index())
        {
            if (Evaluate(wanted, subject.Part(item, index).Quietly()) is not null)
            {
                found++;
                seen.Item(index);
            }
        }

        var least = against.TryGetProperty("minContains", out var min) ? min.GetDouble() : 1;
        var most = against.TryGetProperty("maxContains", out var max) ? max.GetDouble() : double.PositiveInfinity;
        return (found >= least && found <= most)
            || subject.Complain($"It must contain {(double.IsInfinity(most) ? $"at least {least}" : $"{least} to {most}")} items of this form, and contains {found}.");
    }

    private bool Unevaluated(JsonElement against, Subject subject, Evaluated seen)
    {
        var valid = true;
        if (subject.Value.ValueKind == JsonValueKind.Object && against.TryGetProperty("unevaluatedProperties", out var rule))
        {
            foreach (var property in subject.Value.EnumerateObject().Where(property => !seen.HasProperty(property.Name)).ToArray())
            {
                valid &= Evaluate(rule, subject.Under("unevaluatedProperties").Part(property.Value, property.Name, null)) is not null;
                seen.Property(property.Name);
            }
        }

        if (subject.Value.ValueKind == JsonValueKind.Array && against.TryGetProperty("unevaluatedItems", out rule))
        {
            foreach (var (index, item) in subject.Value.EnumerateArray().Index().Where(item => !seen.HasItem(item.Index)).ToArray())
            {
                valid &= Evaluate(rule, subject.Under("unevaluatedItems").Part(item, index)) is not null;
            }

            seen.ItemsBefore(subject.Value.GetArrayLength());
        }

        return valid;
    }
}
