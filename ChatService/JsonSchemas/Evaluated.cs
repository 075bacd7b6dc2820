namespace Lyceum.ChatService.JsonSchemas;

/// <summary>The parts of one value that some keyword has looked at, which is what <c>unevaluatedProperties</c> and <c>unevaluatedItems</c> ask for.</summary>
internal sealed class Evaluated
{
    private HashSet<string>? _properties;
    private HashSet<int>? _items;
    private int _itemsBefore;

    public void Property(string name) => (_properties ??= new(StringComparer.Ordinal)).Add(name);

    public void Item(int index) => (_items ??= []).Add(index);

    public void ItemsBefore(int index) => _itemsBefore = Math.Max(_itemsBefore, index);

    public bool HasProperty(string name) => _properties?.Contains(name) is true;

    public bool HasItem(int index) => index < _itemsBefore || _items?.Contains(index) is true;

    public void Add(Evaluated other)
    {
        ItemsBefore(other._itemsBefore);
        if (other._properties is { } properties)
        {
            (_properties ??= new(StringComparer.Ordinal)).UnionWith(properties);
        }

        if (other._items is { } items)
        {
            (_items ??= []).UnionWith(items);
        }
    }
}
