using Rouse.Config.Diagnostics;
using Rouse.Config.Model;

namespace Rouse.Config.Doctor;

/// <summary>Words of a service's own log_on_success and log_on_failure for which no line is ever written.</summary>
internal static class IdleLogWords
{
    public static void Look(Examination e)
    {
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            if (service.IsSensor())
            {
                TellSensor(e, service);
                continue;
            }

            if (service.IsAnsweredOnTheSpot())
            {
                const string Why = "the daemon answers this service on the spot, so that there is a START line and never an EXIT line";
                Tell(e, service, "log_on_success", "EXIT", Why, service.LogOnSuccess.HasFlag(LogOnSuccess.Exit));
                Tell(e, service, "log_on_success", "DURATION", Why, service.LogOnSuccess.HasFlag(LogOnSuccess.Duration));
            }

            if (!service.CanIdentify())
            {
                const string Why = "users can be asked for only where the daemon accepts the connections: tcp, with wait = no";
                Tell(e, service, "log_on_success", "USERID", Why, service.LogOnSuccess.HasFlag(LogOnSuccess.UserId));
                Tell(e, service, "log_on_failure", "USERID", Why, service.LogOnFailure.HasFlag(LogOnFailure.UserId));
            }
        }
    }

    private static void TellSensor(Examination e, ServiceDefinition service)
    {
        if (service.LogOnSuccess != LogOnSuccess.None && e.Places.Of(service, "log_on_success") is { } place)
        {
            e.Note(
                Codes.LogWordIdle,
                place,
                "log_on_success has no effect: a sensor lets nobody in, and its peers are logged by log_on_failure. Take the line out.");
        }
    }

    private static void Tell(Examination e, ServiceDefinition service, string attribute, string word, string why, bool isSet)
    {
        if (isSet && e.Places.WordOf(service, attribute, word) is { } place)
        {
            e.Note(Codes.LogWordIdle, place, $"{word} in {attribute} has no effect: {why}. Take the word out.");
        }
    }
}
