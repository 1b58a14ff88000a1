using System.Collections.Generic;
using Rouse.Access;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.BuiltIn;
using Rouse.Server.Inspection;
using Rouse.Server.Listening;
using Rouse.Server.Sessions;

namespace Rouse.Server.Control;

/// <summary>What the daemon and its services do at this moment, as lines of JSON: one for the daemon, one for each service.</summary>
internal sealed class StatusReport(Keeper keeper, JsonLine json)
{
    /// <summary>
    /// Beyond this length sessions are counted and no longer listed, so that an answer is bounded by the configuration, not by peers.
    /// </summary>
    public const int SessionsUpTo = 1024 * 1024;

    /// <param name="service">An id or a name; empty for all.</param>
    /// <returns>False when no service is called so.</returns>
    public bool Write(string service)
    {
        bool found = service.Length == 0;
        WriteDaemon();
        Dictionary<Service, List<Session>> servers = keeper.Sessions.ByService();
        foreach (Service one in keeper.Services)
        {
            if (service.Length == 0 || one.Definition.Id == service || one.Definition.Name == service)
            {
                found = true;
                WriteService(one, servers.GetValueOrDefault(one) ?? []);
            }
        }

        return found;
    }

    private void WriteDaemon()
    {
        ControlVerbs.BeginLine(json, "daemon");
        json.Number("pid", ThisProcess.Id);
        json.Text("release", keeper.Settings.Version);
        json.Text("configuration", keeper.Settings.ConfigurationPath);
        json.Number("now", keeper.Loop.NowUnix);
        json.Number("started", keeper.StartedUnix);
        json.Number("services", keeper.ServiceCount);
        json.Number("servers", keeper.LiveServers);
        json.Number("serverLimit", keeper.Gate.ProcessLimit == int.MaxValue ? null : (long?)keeper.Gate.ProcessLimit);
        json.EndLine();
    }

    private void WriteService(Service service, List<Session> servers)
    {
        ServiceDefinition definition = service.Definition;
        ControlVerbs.BeginLine(json, "service");
        json.Text("id", definition.Id);
        json.Text("name", definition.Name);
        json.Text("socket", DefinitionDump.SocketText(definition.SocketType));
        json.Text("protocol", definition.Protocol.Name);
        json.Flag("wait", definition.Wait);
        json.Text("server", definition.Server);
        KeptServerReport.Write(json, service);
        json.Text("state", StateText(service));
        json.Number("returnsIn", service.ReturnsMs is { } due ? (due - keeper.Loop.NowMs + 999) / 1000 : null);
        json.BeginArray("listeners");
        foreach (Listener listener in service.Listeners)
        {
            json.Element(Endpoint.Text(listener.Local, definition));
        }

        json.EndArray();
        json.Number("live", service.Occupancy.Live);
        json.Number("instances", (long?)definition.Instances);
        json.Number("perSource", (long?)definition.PerSource);
        json.BeginObject("cps");
        json.Number("now", service.Cps.Count(keeper.Loop.NowMs));
        json.Number("rate", definition.Cps.Rate);
        json.Number("wait", definition.Cps.WaitSeconds);
        json.End();
        WriteTotals(service);
        WarmReport.Write(service, json);
        WriteSessions(service, servers);
        json.EndLine();
    }

    private void WriteTotals(Service service)
    {
        json.BeginObject("totals");
        json.Number("since", service.SinceUnix);
        json.Number("last", service.Totals.LastUnix == 0 ? null : (long?)service.Totals.LastUnix);
        json.Number("served", service.Totals.Served);
        json.Number("refused", service.Totals.Refused);
        json.BeginObject("reasons");
        for (RefusalReason reason = RefusalReason.None + 1; reason.LogText().Length > 0; reason++)
        {
            if (service.Totals.RefusedFor(reason) > 0)
            {
                json.Number(SourceFile.Decode(reason.LogText()), service.Totals.RefusedFor(reason));
            }
        }

        json.End();
        json.End();
    }

    private void WriteSessions(Service service, List<Session> servers)
    {
        long omitted = 0;
        json.BeginArray("sessions");
        foreach (Session session in servers)
        {
            omitted += WriteSession(session);
        }

        for (StreamSession? at = service.NewestSession; at is not null; at = at.Older)
        {
            omitted += WriteSession(new Session(0, at.Peer, at.StartedUnix));
        }

        json.EndArray();
        json.Number("sessionsOmitted", omitted);
    }

    // 1 if there was no room for it.
    private int WriteSession(in Session session)
    {
        if (json.Length > SessionsUpTo)
        {
            return 1;
        }

        bool hasAddress = session.Peer.Family is AddressFamily.IPv4 or AddressFamily.IPv6;
        json.Begin();
        json.Number("pid", session.Pid == 0 ? null : (long?)session.Pid);
        json.Text("peer", hasAddress ? new IpAddress(session.Peer.Address).ToText() : "");
        json.Number("port", session.Peer.Port);
        json.Number("started", session.StartedUnix);
        json.End();
        return 0;
    }

    internal static string StateText(Service service) => service.State switch
    {
        ServiceState.Listening => "listening",
        ServiceState.Suspended => "served",
        ServiceState.OutOfService => "out of service",
        ServiceState.WaitingForAddress => "waiting for address",
        _ => service.IsOff ? "off" : "closed",
    };
}
