using System.Collections.Generic;
using Rouse.Access;
using Rouse.Config;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Sessions;

namespace Rouse.Server.Reloading;

/// <summary>
/// Opens services that are off, by what the files say of them now, and nothing else: whatever else has changed in the files waits for a
/// reload. All of one name are opened, or none. Their next reload goes by the files again.
/// </summary>
/// <param name="name">An id or a name: every service that is called so.</param>
/// <param name="restarts">What is on already is closed and opened again, by what the files say of it now.</param>
internal sealed class SwitchingOn(Keeper keeper, List<Service> services, string name, bool restarts)
{
    private readonly AddressSetPool _pool = new();
    private readonly List<(Service Service, SwitchChange Change)> _done = [];
    private readonly List<System.Action> _undo = [];

    /// <param name="next">The configuration, read with these services switched on.</param>
    /// <param name="asked">The number of this request among all: what was switched off after it stays off.</param>
    public SwitchResult Apply(Configuration next, long asked)
    {
        if (Find(next, out List<ServiceDefinition> wanted) is { } refused)
        {
            return Refuse(refused);
        }

        foreach (ServiceDefinition definition in wanted)
        {
            string fault = Switch(definition, next, asked);
            if (fault.Length > 0)
            {
                _undo.Reverse();
                _undo.ForEach(static step => step());
                return Refuse(new SwitchResult($"service {definition.Id}: {fault}; nothing was changed"));
            }
        }

        foreach ((Service service, SwitchChange change) in _done)
        {
            if (change != SwitchChange.Unchanged)
            {
                string how = change == SwitchChange.Enabled ? "is enabled until the next reload" : "was closed and opened again";
                keeper.Log.Notice($"service {service.Definition.Id} {how}{PlacesOf(service)}");
            }
        }

        return new SwitchResult("") { Services = _done };
    }

    private SwitchResult Refuse(SwitchResult result)
    {
        foreach (Diagnostic finding in result.Findings)
        {
            keeper.Log.Error(DiagnosticRenderer.RenderHeadline(finding));
        }

        keeper.Log.Error($"'{name}' was not enabled: {result.Refusal}");
        return result;
    }

    private SwitchResult? Find(Configuration next, out List<ServiceDefinition> wanted)
    {
        wanted = [];
        if (next.StructureBroken || next.DefaultsBroken)
        {
            return new SwitchResult("the configuration cannot be understood; nothing was changed") { Findings = ErrorsIn(next, null) };
        }

        foreach (BrokenService broken in next.Broken)
        {
            if (broken.Id == name || broken.Name == name)
            {
                return new SwitchResult($"the entry of service {broken.Id} ({broken.Span}) has an error; nothing was changed")
                {
                    Findings = ErrorsIn(next, broken),
                };
            }
        }

        foreach (ServiceDefinition definition in next.Services)
        {
            if (definition.Id == name || definition.Name == name)
            {
                wanted.Add(definition);
            }
        }

        return wanted.Count > 0 ? null : new SwitchResult($"the configuration has no service '{name}'") { IsUnknown = true };
    }

    // Empty where it is on now.
    private string Switch(ServiceDefinition definition, Configuration next, long asked)
    {
        Service? running = Running(definition, next);
        if (running is null)
        {
            return OpenNew(definition, null);
        }

        if (!running.IsOff && !restarts)
        {
            _done.Add((running, SwitchChange.Unchanged));
            return running.State == ServiceState.WaitingForAddress ? "it is on, and waits for its address to become free" : "";
        }

        if (running.OffSince > asked)
        {
            return "it was disabled meanwhile";
        }

        if (running.Resident is not null && !running.IsOff && Plan.StaysInPlace(running.Definition, definition))
        {
            return StartAgain(running, definition);
        }

        if (running.HasLentSocket)
        {
            return SocketIsLent(running);
        }

        return Plan.IsSame(running.Definition, definition) ? OpenAgain(running, definition) : OpenNew(definition, running);
    }

    // The socket stays open: who connects meanwhile waits for the next server.
    private string StartAgain(Service service, ServiceDefinition definition)
    {
        ServiceDefinition before = service.Definition;
        service.Apply(definition, AccessPolicy.Compile(definition, _pool));
        service.Resident!.Exchange("that was asked for");
        _undo.Add(() => service.Apply(before, AccessPolicy.Compile(before, _pool)));
        _done.Add((service, SwitchChange.Restarted));
        return "";
    }

    private string OpenAgain(Service service, ServiceDefinition definition)
    {
        bool wasOn = !service.IsOff;
        long since = service.OffSince;
        ServiceDefinition before = service.Definition;
        service.SwitchOff(since);
        service.Apply(definition, AccessPolicy.Compile(definition, _pool));
        Errno error = service.SwitchOn();
        _undo.Add(() =>
        {
            service.SwitchOff(since);
            service.Apply(before, AccessPolicy.Compile(before, _pool));
            if (wasOn)
            {
                service.ReturnFromOff();
            }
        });
        _done.Add((service, wasOn ? SwitchChange.Restarted : SwitchChange.Enabled));
        return error == Errno.None ? "" : Words(error);
    }

    /// <param name="old">What it takes the place of: it is another service now, by its kind of socket or its port.</param>
    private string OpenNew(ServiceDefinition definition, Service? old)
    {
        Service service = new(keeper, definition, AccessPolicy.Compile(definition, _pool));
        if (!service.Log.IsOpen)
        {
            return "its log cannot be opened";
        }

        bool wasOn = old is { IsOff: false };
        long since = old?.OffSince ?? 0;
        old?.SwitchOff(since);
        _undo.Add(() =>
        {
            service.Close();
            services.Remove(service);
            if (old is not null && !services.Contains(old))
            {
                services.Add(old);
            }

            if (wasOn)
            {
                old!.ReturnFromOff();
            }
        });
        Errno error = service.SwitchOn();
        if (error != Errno.None)
        {
            return Words(error);
        }

        services.Add(service);
        if (old is not null)
        {
            // Its servers run on; nobody answers for it any more, nor passes a connection on.
            ServerEnding.EndAnsweredHere(old);
            old.Backend?.End();
            services.Remove(old);
        }

        _done.Add((service, wasOn ? SwitchChange.Restarted : SwitchChange.Enabled));
        return "";
    }

    // The one that has its place; or the one of its key that moves, or becomes another kind; or the one whose port the files have changed.
    private Service? Running(ServiceDefinition definition, Configuration next)
    {
        Service? moved = null;
        foreach (Service service in services)
        {
            if (Plan.Key(service.Definition) != Plan.Key(definition))
            {
                continue;
            }

            if (Plan.StaysInPlace(service.Definition, definition))
            {
                return service;
            }

            if (!StaysInPlace(service, next) && (moved is null || Plan.IsSame(service.Definition, definition)))
            {
                moved = service;
            }
        }

        if (moved is not null)
        {
            return moved;
        }

        foreach (Service service in services)
        {
            bool hasOwnPlace = false;
            foreach (ServiceDefinition other in next.Services)
            {
                hasOwnPlace |= Plan.Key(other) == Plan.Key(service.Definition);
            }

            if (!hasOwnPlace && service.Definition.Id == definition.Id && service.Definition.Protocol == definition.Protocol)
            {
                return service;
            }
        }

        return null;
    }

    private static bool StaysInPlace(Service service, Configuration next)
    {
        foreach (ServiceDefinition definition in next.Services)
        {
            if (Plan.Key(definition) == Plan.Key(service.Definition) && Plan.StaysInPlace(service.Definition, definition))
            {
                return true;
            }
        }

        return false;
    }

    private string SocketIsLent(Service service)
    {
        List<Session> servers = keeper.Sessions.Of(service);
        string which = servers.Count > 0 ? $" (process {servers[0].Pid})" : "";
        return $"its server{which} still has the socket, and nobody else can listen there before it has ended";
    }

    private static string Words(Errno error) => error == Errno.EADDRINUSE
        ? $"another program, or another service, has its address ({error.Describe()})"
        : $"it cannot listen: {error.Describe()} (errno = {(int)error})";

    private static string PlacesOf(Service service)
    {
        List<string> places = [];
        foreach (Listener listener in service.Listeners)
        {
            places.Add($"{Endpoint.Text(listener.Local, service.Definition)}/{service.Definition.Protocol.Name}");
        }

        return places.Count == 0 ? "" : ": it listens on " + string.Join(", ", places);
    }

    /// <summary>The errors of an entry, or all of them: from the entry's head to that of the next one in the file.</summary>
    private static List<Diagnostic> ErrorsIn(Configuration configuration, BrokenService? entry)
    {
        SourceSpan head = entry?.Span ?? default;
        int end = int.MaxValue;
        foreach (SourceSpan other in HeadsOf(configuration))
        {
            if (other.File == head.File && other.Start > head.Start && other.Start < end)
            {
                end = other.Start;
            }
        }

        List<Diagnostic> errors = [];
        foreach (Diagnostic finding in configuration.Diagnostics)
        {
            bool isOfIt = entry is null || (finding.Span.File == head.File && finding.Span.Start >= head.Start && finding.Span.Start < end);
            if (finding.Severity == Severity.Error && isOfIt)
            {
                errors.Add(finding);
            }
        }

        return errors;
    }

    private static IEnumerable<SourceSpan> HeadsOf(Configuration configuration)
    {
        foreach (ServiceDefinition service in configuration.Services)
        {
            yield return service.Span;
        }

        foreach (BrokenService service in configuration.Broken)
        {
            yield return service.Span;
        }

        foreach (DisabledService service in configuration.Disabled)
        {
            yield return service.Span;
        }
    }
}
