using System.Collections.Generic;
using System.Globalization;
using Rouse.Access;
using Rouse.Access.Wrappers;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Admission;
using Rouse.Server.Control;
using Rouse.Server.Listening;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Gate;

/// <summary>
/// Asks every question of the gate about one client, in the gate's order and by the gate's own functions, but without consequences: nothing is
/// counted, logged or started, and a refusal does not end the questions, so that it shows what would have decided next.
/// </summary>
internal sealed partial class Explainer(Keeper keeper)
{
    private readonly List<Step> _steps = [];

    /// <summary>What must be found out before the answer is sure; <see cref="WrapperNeed.Nothing"/> if nothing.</summary>
    public WrapperNeed Needs { get; private set; }

    /// <summary>The netgroup that must be asked.</summary>
    public string Netgroup { get; private set; } = "";

    /// <summary>The accounts of a rule that must be looked up before the answer is sure.</summary>
    public AccountNames MissingAccounts { get; private set; }

    public IReadOnlyList<Step> Steps => _steps;

    /// <summary>The first step that refuses; null where the client would be served.</summary>
    public Step? Decisive
    {
        get
        {
            foreach (Step step in _steps)
            {
                if (!step.Passes)
                {
                    return step;
                }
            }

            return null;
        }
    }

    public void Explain(Service service, WhyQuestion question)
    {
        SocketAddress peer = new(question.Client.IsV4 ? AddressFamily.IPv4 : AddressFamily.IPv6, question.Client.Value, 0);
        AskState(service);
        AskRate(service);
        AskStarts(service, peer);
        AskLoad(service);
        AskTime(service, question);
        AskRoom(service, peer);
        AskProcesses(service);
        AskSensors(service, peer);
        AskAddress(service, question);
        AskWrappers(service, question);
        if (service.Identification.IsRequired)
        {
            Pass("user", "only identified users are served (IDONLY): the client's host is asked when it connects", default);
        }
    }

    private void AskState(Service service)
    {
        // Asked of a daemon that does not run, a service is closed because it was never opened.
        switch (service.State)
        {
            case ServiceState.OutOfService:
                long seconds = ((service.ReturnsMs ?? keeper.Loop.NowMs) - keeper.Loop.NowMs) / 1000;
                _steps.Add(new("state", RefusalReason.None, $"out of service because of cps, for {seconds} seconds more", "Wait, or raise cps.", default)
                {
                    IsClosed = true,
                });
                break;
            case ServiceState.WaitingForAddress:
                _steps.Add(new("state", RefusalReason.None, "it does not listen: its address is not free", "See `rouse status`.", default)
                {
                    IsClosed = true,
                });
                break;
            case ServiceState.Closed when service.IsOff:
                string change = $"`rouse enable {service.Definition.Id}`, or a reload.";
                _steps.Add(new("state", RefusalReason.None, "it was disabled until the next reload", change, default) { IsClosed = true });
                break;
            default:
                break;
        }
    }

    private void AskRate(Service service)
    {
        CpsLimit cps = service.Definition.Cps;
        if (cps.Rate == 0)
        {
            Pass("cps", "no limit", default);
            return;
        }

        // Windows are values: a copy is asked, and nothing is counted.
        CpsWindow window = service.Cps;
        int count = window.Count(keeper.Loop.NowMs);
        Weigh(
            "cps", window.Add(keeper.Loop.NowMs, cps.Rate), RefusalReason.ConnectionsPerSecond,
            $"{count} connections within the last second, {cps.Rate} are allowed", "Wait, or raise cps.");
    }

    // inetd's own limits: xinetd.conf has no words for them.
    private void AskStarts(Service service, in SocketAddress peer)
    {
        if (service.Definition.Starts is { } starts)
        {
            StartWindow window = service.StartWindow;
            Weigh(
                "starts", window.Add(keeper.Loop.NowMs, starts.Most), RefusalReason.StartsPerMinute,
                $"{starts.Most} starts a minute are allowed", "Wait, or raise the number after wait or nowait.");
        }

        if (service.Definition.PerSourcePerMinute is { } most && service.SourceRates is { } rates)
        {
            Weigh(
                "source rate", rates.IsFull(peer.Address, keeper.Loop.NowMs, most), RefusalReason.SourceRate,
                $"{most} connections a minute are allowed to one source", "Wait, or raise the number.");
        }
    }

    private void AskLoad(Service service)
    {
        if (service.Definition.MaxLoad is not { } most)
        {
            Pass("max_load", "no limit", default);
            return;
        }

        Weigh(
            "max_load", keeper.Gate.IsOverloaded(service.Definition), RefusalReason.Load,
            string.Create(CultureInfo.InvariantCulture, $"the load is {keeper.Gate.Load():0.00}, {most:0.00} is too much"), "Wait, or raise max_load.");
    }

    private void AskTime(Service service, WhyQuestion question)
    {
        keeper.Clock.Read(keeper.Loop.NowUnix);
        int minute = question.MinuteOfDay ?? keeper.Clock.Local.MinuteOfDay;
        Verdict verdict = AccessControl.DecideTime(minute, service.Policy);
        string time = $"{minute / 60}:{minute % 60:00}";
        if (verdict.By == DecidedBy.NoRule)
        {
            Pass("access_times", "at all times", default);
        }
        else if (verdict.Allowed)
        {
            Pass("access_times", $"{time} is within {SourceOf(verdict.Rule)}", verdict.Rule);
        }
        else
        {
            Refuse(
                "access_times", RefusalReason.Time, $"{time} is outside of {Spans(service.Policy)}",
                $"Come at {Spans(service.Policy)}, or add a span.", verdict.Rule);
        }
    }

    private void AskRoom(Service service, in SocketAddress peer)
    {
        ServiceDefinition definition = service.Definition;
        if (definition.Instances is { } instances)
        {
            Weigh(
                "instances", service.Occupancy.Check(definition with { PerSource = null }, peer) != RefusalReason.None, RefusalReason.ServiceLimit,
                $"{service.Occupancy.Live} of {instances} are taken", "Wait for one to end, or raise instances.");
        }
        else
        {
            Pass("instances", "no limit", default);
        }

        if (definition.PerSource is { } perSource)
        {
            Weigh(
                "per_source", service.Occupancy.Check(definition with { Instances = null }, peer) != RefusalReason.None, RefusalReason.PerSourceLimit,
                $"{perSource} are allowed to one source", "Wait for one to end, or raise per_source.");
        }
        else
        {
            Pass("per_source", "no limit", default);
        }
    }

    private void AskProcesses(Service service)
    {
        if (keeper.Gate.ProcessLimit == int.MaxValue)
        {
            return;
        }

        Weigh(
            "-limit", keeper.Gate.HasTooManyProcesses(service), RefusalReason.ProcessLimit,
            $"{keeper.Gate.Processes} servers run, {keeper.Gate.ProcessLimit} may", "Wait for one to end, or raise the daemon's -limit.");
    }

    private void AskSensors(Service service, in SocketAddress peer)
    {
        if (service.Definition.BuiltIn == BuiltInService.Sensor)
        {
            Refuse("sensor", RefusalReason.Address, "this is a sensor: it serves nobody, and shuts out who touches it", "Take the flag SENSOR out.", default);
        }
        else
        {
            Weigh(
                "sensor", keeper.Gate.Sensors.ShutsOut(peer), RefusalReason.Address,
                keeper.Gate.Sensors.ShutsOut(peer) ? "this address has touched a sensor" : "this address has touched no sensor",
                "Wait for the sensor's deny_time to pass, or restart the daemon.");
        }
    }

    private void Weigh(string question, bool refuses, RefusalReason reason, string text, string change)
    {
        if (refuses)
        {
            Refuse(question, reason, text, change, default);
        }
        else
        {
            Pass(question, text, default);
        }
    }

    private void Pass(string question, string text, SourceSpan rule) => _steps.Add(new Step(question, RefusalReason.None, text, "", rule));

    private void Refuse(string question, RefusalReason reason, string text, string change, SourceSpan rule) =>
        _steps.Add(new Step(question, reason, text, change, rule));
}
