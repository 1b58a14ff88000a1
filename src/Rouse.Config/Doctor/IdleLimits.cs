using System.Globalization;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Doctor;

/// <summary>Limits that can never refuse anybody, and those that refuse everybody.</summary>
internal static class IdleLimits
{
    // Above this load for each processor, no machine takes a connection any more.
    private const int AbsurdLoadOfOne = 100;
    private const double LeastLoad = 0.05;

    private static readonly string[] Counted = ["instances", "per_source"];

    public static void Look(Examination e)
    {
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            LookForNone(e, service);
            LookForIdle(e, service);
        }

        LookAtDefaults(e);
        LookAtLoads(e);
    }

    private static void LookForNone(Examination e, ServiceDefinition service)
    {
        // A sensor serves nobody anyway, and the peer of a stream socket that is handed over is not known.
        bool knowsPeer = !service.HandsSocketOver() || !service.IsStream();
        string? none = service.Instances == 0 ? "instances" : service.PerSource == 0 && knowsPeer ? "per_source" : null;
        if (none is not null && !service.IsSensor())
        {
            e.Warn(
                Codes.LimitOfNone,
                e.PlaceOf(service, none),
                $"{none} = 0 lets nobody in: service {Quoted.Of(service.Id)} refuses every peer. Write how many it may serve, UNLIMITED, or "
                    + "disable = yes.");
        }
    }

    private static void LookForIdle(Examination e, ServiceDefinition service)
    {
        string? reason = service.HandsSocketOver() ? "with wait = yes one server at a time gets the socket"
            : service.IsSensor() ? "a sensor serves nobody"
            : service.BuiltIn != BuiltInService.None && !service.IsStream() ? "the daemon answers each datagram on the spot, and counts none of them"
            : null;
        if (reason is not null)
        {
            foreach (string name in Counted)
            {
                int? value = name == "instances" ? service.Instances : service.PerSource;

                // With wait, 'instances = 1' says what is so; UNLIMITED may stand there to lift the defaults' limit.
                if (value > (service.HandsSocketOver() && name == "instances" ? 1 : 0) && e.Places.Of(service, name) is { } span)
                {
                    e.Note(Codes.LimitIdle, span, $"{name} has no effect: {reason}. Take the line out, or limit it with cps.");
                }
            }
        }
        else if (service.PerSource >= service.Instances && service.Instances > 0 && e.Places.Of(service, "per_source") is { } place)
        {
            TellPerSource(e, place, service.PerSource.Value, service.Instances.Value);
        }
    }

    private static void LookAtDefaults(Examination e)
    {
        if (e.Places.InDefaults("per_source") is { } place && e.Places.InDefaults("instances") is { } other
            && Number(place) is { } perSource && Number(other) is { } instances && instances > 0 && perSource >= instances)
        {
            TellPerSource(e, place, perSource, instances);
        }
    }

    private static void TellPerSource(Examination e, SourceSpan place, int perSource, int instances) => e.Note(
        Codes.LimitIdle,
        place,
        $"per_source = {perSource} has no effect, as instances = {instances} is reached no later. Write fewer for each source than for all.");

    private static void LookAtLoads(Examination e)
    {
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            if (service.MaxLoad is { } load && e.Places.Of(service, "max_load") is { } place)
            {
                Look(e, place, load);
            }
        }

        if (e.Places.InDefaults("max_load") is { } common
            && double.TryParse(Text(common), NumberStyles.Float, CultureInfo.InvariantCulture, out double inDefaults))
        {
            Look(e, common, inDefaults);
        }
    }

    private static void Look(Examination e, SourceSpan place, double load)
    {
        if (load < LeastLoad)
        {
            e.Note(
                Codes.MaxLoadAbsurd,
                place,
                $"max_load = {load} is below the load of a host that does next to nothing, so that peers are refused nearly always. Write the "
                    + "load average from which on they should be refused.");
        }
        else if (load > (double)AbsurdLoadOfOne * e.Host.Processors)
        {
            e.Note(
                Codes.MaxLoadAbsurd,
                place,
                $"max_load = {load} will hardly be reached by this host, which has {e.Host.Processors} "
                    + $"processor{(e.Host.Processors == 1 ? "" : "s")}: the limit refuses nobody. Is a decimal point missing?");
        }
    }

    private static int? Number(SourceSpan place) =>
        int.TryParse(Text(place), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static string Text(SourceSpan place) => SourceFile.Decode(place.File!.Bytes.Slice(place.Start, place.Length));
}
