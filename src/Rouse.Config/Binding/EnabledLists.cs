using System;
using System.Collections.Generic;
using Rouse.Config.Attributes;
using Rouse.Config.Diagnostics;

namespace Rouse.Config.Binding;

/// <summary>
/// The three switches, in the original's order: <c>enabled</c> keeps only the ids that it lists; a service whose own entry says
/// <c>disable = yes</c> never existed; <c>disabled</c> takes away what it lists.
/// </summary>
internal sealed class EnabledLists
{
    private readonly HashSet<string>? _enabled;
    private readonly HashSet<string>? _disabled;

    public EnabledLists(Draft? defaults, List<Draft> services, Findings findings)
    {
        if (defaults?.Enabled is null && defaults?.Disabled is null)
        {
            return;
        }

        HashSet<string> known = new(services.Count, StringComparer.OrdinalIgnoreCase);
        foreach (Draft service in services)
        {
            known.Add(service.EffectiveId);
        }

        _enabled = Read(defaults?.Enabled, AttributeId.Enabled, known, findings);
        _disabled = Read(defaults?.Disabled, AttributeId.Disabled, known, findings);
    }

    public bool AreOff(Draft service) =>
        service.IsDisabled || _enabled?.Contains(service.EffectiveId) == false || _disabled?.Contains(service.EffectiveId) == true;

    private static HashSet<string>? Read(List<ListedId>? list, AttributeId attribute, HashSet<string> known, Findings findings)
    {
        if (list is null)
        {
            return null;
        }

        HashSet<string> ids = new(list.Count, StringComparer.OrdinalIgnoreCase);
        foreach (ListedId listed in list)
        {
            ids.Add(listed.Id);
            if (!known.Contains(listed.Id))
            {
                findings.Add(
                    Codes.UnknownIdListed,
                    Severity.Notice,
                    listed.Span,
                    $"{AttributeTable.NameOf(attribute)} lists {Quoted.Of(listed.Id)}, but no service has this id. "
                        + "The id is the service's name unless it is set.");
            }
        }

        return ids;
    }
}
