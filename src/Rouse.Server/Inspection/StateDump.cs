using System.Collections.Generic;
using System.Text;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.BuiltIn;
using Rouse.Server.Listening;
using Rouse.Server.Logging;
using Rouse.Server.Sessions;

namespace Rouse.Server.Inspection;

/// <summary>
/// The state of the daemon as text, in the original's form as far as what it shows exists here: services with their attributes, servers,
/// totals. There is no retry table, and no table of the poll set. Control bytes show as in a log.
/// </summary>
internal sealed class StateDump(Keeper keeper)
{
    private const string Months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private const string WeekDays = "SunMonTueWedThuFriSat";

    private readonly StringBuilder _text = new();

    /// <summary>One char a byte.</summary>
    public string Text()
    {
        Line(0, $"INTERNAL STATE DUMP: {keeper.Settings.Version}");
        Line(0, $"Current time: {Time(keeper.Loop.NowUnix)}");
        Line(0, "");
        Line(0, "Services:");
        foreach (Service service in keeper.Services)
        {
            WriteService(service);
        }

        WriteServers();
        WriteTotals();
        Line(0, "END OF DUMP");
        Line(0, "");
        return _text.ToString();
    }

    private void WriteService(Service service)
    {
        Line(0, $"Service = {service.Definition.Name}");
        Line(1, $"State = {StateText(service.State)}");
        Line(1, $"Service configuration: {service.Definition.Name}");
        new DefinitionDump(Line).Write(service.Definition);
        Line(1, $"running servers = {service.Occupancy.Live}");
        Line(1, $"served = {service.Totals.Served}");
        Line(1, $"refused = {service.Totals.Refused}");
        foreach (Listener listener in service.Listeners)
        {
            Line(1, $"service fd = {listener.Socket.Value}");
        }

        Line(0, "");
    }

    private void WriteServers()
    {
        Line(0, "Server table dump:");
        Dictionary<Service, List<Session>> servers = keeper.Sessions.ByService();
        foreach ((Service service, List<Session> sessions) in servers)
        {
            foreach (Session session in sessions)
            {
                WriteServer(service, session);
            }
        }

        foreach (Service service in keeper.Services)
        {
            for (StreamSession? at = service.NewestSession; at is not null; at = at.Older)
            {
                WriteServer(service, new Session(0, at.Peer, at.StartedUnix));
            }
        }

        Line(0, "");
    }

    private void WriteServer(Service service, in Session session)
    {
        string id = service.Definition.Id;
        System.Span<byte> peer = stackalloc byte[LogLine.PeerRoom];
        string address = SourceFile.Decode(peer[..LogLine.FormatPeer(session.Peer, peer)]);
        Line(0, $"{id} server");
        Line(0, $"pid = {session.Pid}");
        Line(0, $"start_time = {Time(session.StartedUnix)}");
        Line(0, "Connection info:");
        Line(1, $"service = {id}");
        Line(1, $"remote_address = {address},{session.Peer.Port}");
        Line(0, "");
    }

    private void WriteTotals()
    {
        int active = 0;
        foreach (Service service in keeper.Services)
        {
            active += service.State == ServiceState.Listening ? 1 : 0;
        }

        Line(0, $"active_services = {active}");
        Line(0, $"available_services = {keeper.ServiceCount}");
        Line(0, $"running_servers = {keeper.LiveServers}");
        Line(0, "");
        Line(0, $"max_descriptors = {keeper.World.DescriptorLimit}");
        Line(0, $"process_limit = {(keeper.Gate.ProcessLimit == int.MaxValue ? 0 : keeper.Gate.ProcessLimit)}");
        Line(0, $"config_file = {keeper.Settings.ConfigurationPath}");
        Line(0, "");
    }

    // ctime(3): "Tue Nov 24 11:27:47 2026".
    private string Time(long unixSeconds)
    {
        LocalTime t = keeper.System.ToLocal(unixSeconds);
        string month = Months.Substring((t.Month - 1) * 3, 3);
        string day = t.Day < 10 ? $" {t.Day}" : $"{t.Day}";
        return $"{WeekDay(t)} {month} {day} {TwoDigits(t.Hour)}:{TwoDigits(t.Minute)}:{TwoDigits(t.Second)} {t.Year}";
    }

    // By the number of days since the first of March of the year 0, a Wednesday: a year that begins in March has its leap day last.
    private static string WeekDay(in LocalTime t)
    {
        int year = t.Month > 2 ? t.Year : t.Year - 1;
        int month = (t.Month + 9) % 12;
        int days = (365 * year) + (year / 4) - (year / 100) + (year / 400) + (((153 * month) + 2) / 5) + t.Day - 1;
        return WeekDays.Substring((days + 3) % 7 * 3, 3);
    }

    internal static string TwoDigits(int number) => number < 10 ? $"0{number}" : $"{number}";

    private void Line(int depth, string text)
    {
        _text.Append('\t', depth);
        AppendVisible(_text, text);
        _text.Append('\n');
    }

    internal static void AppendVisible(StringBuilder to, string text)
    {
        foreach (char c in text)
        {
            to.Append(c is < ' ' or '\x7f' ? '?' : c);
        }
    }

    private static string StateText(ServiceState state) => state switch
    {
        ServiceState.Listening => "Active",
        ServiceState.Suspended => "Suspended",
        _ => "Disabled",
    };
}
