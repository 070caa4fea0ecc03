"""Each command of the settings card → the domain operation that does it, and its arguments."""

from collections.abc import Callable
from typing import Any

from bot.listeners import Listener, Reply
from bot.setting_commands import AddRule, ChangeList, PublishTerms, RemoveRule, SetFields, SettingCommand, ShowPage
from cards import setting_pages
from domain import tenant_settings
from domain.setting_views import SettingsPage

COMMANDS = (ShowPage, SetFields, ChangeList, AddRule, RemoveRule, PublishTerms)


def operation(command: SettingCommand) -> tuple[Callable[..., Any], tuple[object, ...]]:
    match command:
        case ShowPage(page, number):
            return tenant_settings.show, (page, number)
        case SetFields(page, wanted, version):
            return tenant_settings.set_fields, (page, dict(wanted), version)
        case ChangeList(change, version, sure=True):
            return tenant_settings.change_list_surely, (change, version)
        case ChangeList(change, version):
            return tenant_settings.change_list, (change, version)
        case AddRule(rule, version):
            return tenant_settings.add_rule, (rule, version)
        case RemoveRule(rule_id, version):
            return tenant_settings.remove_rule, (rule_id, version)
        case PublishTerms(language, words, version):
            return tenant_settings.publish_terms, (language, words, version)


def page(view: SettingsPage, to: Listener) -> Reply:
    return Reply(cards=(setting_pages.settings_page(view, language=to.language),))
