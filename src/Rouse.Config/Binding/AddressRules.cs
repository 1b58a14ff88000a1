using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Config.Addresses;

namespace Rouse.Config.Binding;

/// <summary>
/// The entries of an only_from or no_access. Services share the object of the defaults until one of them changes it, so that a list of
/// 100,000 networks in the defaults is there once.
/// </summary>
internal sealed class AddressRules
{
    private readonly Draft _owner;
    private ImmutableArray<AddressPattern> _frozen;
    private bool _shared;

    private AddressRules(Draft owner)
    {
        _owner = owner;
    }

    public List<AddressPattern> Patterns { get; private init; } = [];

    /// <summary>Rules that <paramref name="draft"/> may change: the given ones if they are its own, else a copy or an empty list.</summary>
    public static AddressRules Own(AddressRules? rules, Draft draft, bool keep)
    {
        if (rules is null || !keep)
        {
            return new(draft);
        }

        if (rules._owner == draft && !rules._shared)
        {
            rules._frozen = default;
            return rules;
        }

        return new(draft) { Patterns = [.. rules.Patterns] };
    }

    /// <summary>The rules for one more draft, which will not see what the first one does with them later.</summary>
    public AddressRules Share()
    {
        _shared = true;
        return this;
    }

    /// <summary>Takes out every entry that equals one of those given, wherever it was written.</summary>
    public void Remove(List<AddressPattern> unwanted)
    {
        HashSet<AddressPattern> keys = new(unwanted.Count);
        foreach (AddressPattern pattern in unwanted)
        {
            keys.Add(pattern with { Span = default });
        }

        Patterns.RemoveAll(pattern => keys.Contains(pattern with { Span = default }));
    }

    public ImmutableArray<AddressPattern> Freeze() => _frozen.IsDefault ? _frozen = [.. Patterns] : _frozen;
}
