using System;
using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Attributes;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Config.Binding;

/// <summary>
/// Tells where only_from and no_access of a service both match. By the manual the narrower entry decides and equal ones refuse; the
/// original's program refuses whenever both match, so whoever comes from there should know.
/// </summary>
internal sealed class RuleOverlaps
{
    // Most services share the lists of the defaults, which are compared once.
    private (AddressRules? OnlyFrom, AddressRules? NoAccess) _compared;
    private (AddressPattern OnlyFrom, AddressPattern NoAccess)? _found;

    public void Check(Draft service)
    {
        if (service.OnlyFrom is null || service.NoAccess is null)
        {
            return;
        }

        if (_compared != (service.OnlyFrom, service.NoAccess))
        {
            _compared = (service.OnlyFrom, service.NoAccess);
            _found = Find(service.OnlyFrom.Patterns, service.NoAccess.Patterns);
        }

        if (_found is not var (only, no))
        {
            return;
        }

        bool equal = only with { Span = default } == no with { Span = default };
        string what = equal
            ? $"{Word(only)} is in only_from and in no_access; its peers are refused"
            : $"{Word(only)} is in only_from and within {Word(no)} of no_access; "
                + "its peers are served, as the narrower entry decides, though the original refuses them";

        // Nobody was to come in whom the entry's own line refuses, and with the original nobody does.
        bool opens = !equal && service.Has(AttributeId.NoAccess) && !service.Has(AttributeId.OnlyFrom);
        service.Report(
            Codes.RulesOverlap,
            opens ? Severity.Warning : Severity.Notice,
            service.Has(AttributeId.OnlyFrom) ? only.Span : service.Has(AttributeId.NoAccess) ? no.Span : service.Span,
            what,
            opens ? "Write an only_from of its own for the service, or set disable = yes, where nobody should come in." : "See both lists.");
    }

    /// <summary>The first entry of only_from that no_access has too, or that lies within a network of no_access.</summary>
    private static (AddressPattern OnlyFrom, AddressPattern NoAccess)? Find(List<AddressPattern> onlyFrom, List<AddressPattern> noAccess)
    {
        Dictionary<AddressPattern, AddressPattern> refused = new(noAccess.Count);
        Span<bool> lengths = stackalloc bool[129];
        lengths.Clear();
        foreach (AddressPattern pattern in noAccess)
        {
            refused.TryAdd(pattern with { Span = default }, pattern);
            lengths[pattern.PrefixLength] = pattern.Kind == AddressPatternKind.Network || lengths[pattern.PrefixLength];
        }

        foreach (AddressPattern pattern in onlyFrom)
        {
            if (refused.TryGetValue(pattern with { Span = default }, out AddressPattern same))
            {
                return (pattern, same);
            }

            for (int length = 0; pattern.Kind == AddressPatternKind.Network && length < pattern.PrefixLength; length++)
            {
                IpAddress network = new(length == 0 ? 0 : pattern.Address.Value & (UInt128.MaxValue << (128 - length)));
                if (lengths[length] && refused.TryGetValue(AddressPattern.Network(network, length, default), out AddressPattern wider))
                {
                    return (pattern, wider);
                }
            }
        }

        return null;
    }

    private static string Word(AddressPattern pattern) => pattern.Span.File is SourceFile file
        ? Quoted.Of(file.Bytes.Slice(pattern.Span.Start, pattern.Span.Length))
        : Quoted.Of(pattern.Name);
}
