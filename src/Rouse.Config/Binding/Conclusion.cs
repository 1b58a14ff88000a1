using System.Collections.Immutable;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Model;

namespace Rouse.Config.Binding;

/// <summary>
/// The second moment: all files are read. Drops what is switched off, fills in what the defaults and the host say, checks each service
/// as a whole, and decides what runs and what is left out.
/// </summary>
internal sealed class Conclusion(IConfigHost host, ConfigurationReader reader, HostDatabases databases)
{
    private readonly RuleOverlaps _overlaps = new();
    private readonly ImmutableArray<ServiceDefinition>.Builder _services = ImmutableArray.CreateBuilder<ServiceDefinition>();
    private readonly ImmutableArray<BrokenService>.Builder _broken = ImmutableArray.CreateBuilder<BrokenService>();
    private readonly ImmutableArray<DisabledService>.Builder _disabled = ImmutableArray.CreateBuilder<DisabledService>();

    public Configuration Draw()
    {
        EnabledLists lists = new(reader.Defaults, reader.Services, reader.Findings);
        DefinitionBuilder builder = new(reader.Defaults);
        ServiceCheck check = new(host, databases, reader.Defaults);
        Duplicates duplicates = new(reader.Services.Count);
        foreach (Draft service in reader.Services)
        {
            if (lists.AreOff(service) && !IsSwitchedOn(service))
            {
                _disabled.Add(new(service.Name, service.EffectiveId, service.Span));
                Flush(service, isOff: true);
                continue;
            }

            // Of a line of inetd.conf that is wrong, nothing else is known that could be missed.
            if (!(service.IsInetdLine && service.IsBroken))
            {
                check.Complete(service);
            }

            _overlaps.Check(service);
            ServiceDefinition? definition = service.IsBroken ? null : builder.Build(service);
            if (definition is not null && duplicates.Admit(service, definition))
            {
                _services.Add(definition);
            }
            else
            {
                _broken.Add(new(service.Name, service.EffectiveId, service.Span, service.IsInetdLine));
            }

            Flush(service, isOff: false);
        }

        return new()
        {
            Services = _services.ToImmutable(),
            Broken = _broken.ToImmutable(),
            Disabled = _disabled.ToImmutable(),
            Diagnostics = reader.Findings.InOrderOf(reader.Files),
            Files = [.. reader.Files],
            DefaultsBroken = reader.DefaultsBroken,
            StructureBroken = reader.StructureBroken,
            HasStrayLines = reader.HasStrayLines,
        };
    }

    private bool IsSwitchedOn(Draft service) =>
        reader.SwitchedOn.Length > 0 && (service.Name == reader.SwitchedOn || service.EffectiveId == reader.SwitchedOn);

    private void Flush(Draft service, bool isOff)
    {
        if (service.Findings.Count == 0)
        {
            return;
        }

        string name = Quoted.Of(service.EffectiveId);
        string consequence = isOff ? $"service {name} is disabled, so nothing follows now" : $"service {name} is left out";
        foreach (Finding finding in service.Findings)
        {
            if (service.TwinOf?.Findings.Exists(other => other.Code == finding.Code && other.Span == finding.Span) == true)
            {
                continue;
            }

            reader.Findings.Add(finding, consequence, isOff);
        }
    }
}
