#include "engine/host/board_words.h"

#include <string.h>

static const struct {
    enum types_list list;
    const char *name, *words;
} table[] = {
    {TYPES_UNIT_KIND, "post", "最小应急单元 post"},
    {TYPES_UNIT_KIND, "foot", "步巡 foot"},
    {TYPES_UNIT_KIND, "motorcycle", "摩托 motorcycle"},
    {TYPES_UNIT_KIND, "car", "巡逻车 car"},
    {TYPES_UNIT_KIND, "grid", "网格员 grid"},
    {TYPES_UNIT_KIND, "volunteer", "义警 volunteer"},
    {TYPES_UNIT_KIND, "station", "派出所 station"},
    {TYPES_TIER_VERDICT, "open", "计时中 open"},
    {TYPES_TIER_VERDICT, "met", "达标 met"},
    {TYPES_TIER_VERDICT, "missed", "超时 missed"},
    {TYPES_TIER_VERDICT, "no_unit", "无力量 no unit"},
    {TYPES_TIER_VERDICT, "cancelled", "取消 cancelled"},
    {TYPES_TIER_VERDICT, "not_asked", "不要求 not asked"},
    {TYPES_INCIDENT_TYPE, "public_order", "治安 public order"},
    {TYPES_INCIDENT_TYPE, "crime", "刑事 crime"},
    {TYPES_INCIDENT_TYPE, "traffic", "交通 traffic"},
    {TYPES_INCIDENT_TYPE, "fire", "火警 fire"},
    {TYPES_INCIDENT_TYPE, "medical", "急救 medical"},
    {TYPES_INCIDENT_TYPE, "help", "求助 help"},
    {TYPES_INCIDENT_TYPE, "dispute", "纠纷 dispute"},
    {TYPES_INCIDENT_TYPE, "other", "其他 other"},
    {TYPES_INCIDENT_STATE, "pending", "待派 pending"},
    {TYPES_INCIDENT_STATE, "dispatched", "已派 dispatched"},
    {TYPES_INCIDENT_STATE, "responding", "途中 responding"},
    {TYPES_INCIDENT_STATE, "on_scene", "到场 on scene"},
    {TYPES_INCIDENT_STATE, "feedback_due", "待反馈 feedback due"},
    {TYPES_INCIDENT_STATE, "closed", "办结 closed"},
    {TYPES_INCIDENT_STATE, "cancelled", "撤销 cancelled"},
    {TYPES_INCIDENT_STATE, "duplicate", "重复警情 duplicate"},
    {TYPES_INCIDENT_STATE, "diverted", "已转综治 diverted"},
    {TYPES_ASSIGNMENT_STATE, "sent", "已下发 sent"},
    {TYPES_ASSIGNMENT_STATE, "delivered", "已送达 delivered"},
    {TYPES_ASSIGNMENT_STATE, "acknowledged", "已签收 acknowledged"},
    {TYPES_ASSIGNMENT_STATE, "en_route", "途中 en route"},
    {TYPES_ASSIGNMENT_STATE, "on_scene", "到场 on scene"},
    {TYPES_ASSIGNMENT_STATE, "cleared", "完成 cleared"},
    {TYPES_ASSIGNMENT_STATE, "declined", "拒绝 declined"},
    {TYPES_ASSIGNMENT_STATE, "recalled", "召回 recalled"},
    {TYPES_ASSIGNMENT_STATE, "cancelled", "取消 cancelled"},
    {TYPES_ASSIGNMENT_STATE, "preempted", "抽调 preempted"},
    {TYPES_UNIT_STATUS, "off_duty", "下岗 off duty"},
    {TYPES_UNIT_STATUS, "available", "空闲 available"},
    {TYPES_UNIT_STATUS, "dispatched", "已派 dispatched"},
    {TYPES_UNIT_STATUS, "en_route", "途中 en route"},
    {TYPES_UNIT_STATUS, "on_scene", "到场 on scene"},
    {TYPES_UNIT_STATUS, "out_of_service", "停用 out of service"},
    {TYPES_ALARM_KIND, "no_unit", "无可派力量 no unit"},
    {TYPES_ALARM_KIND, "ack_late", "未签收 ack late"},
    {TYPES_ALARM_KIND, "ack_escalated", "久未签收 ack escalated"},
    {TYPES_ALARM_KIND, "tier_missed", "超时 tier missed"},
    {TYPES_ALARM_KIND, "undispatched", "未派出 undispatched"},
    {TYPES_ALARM_KIND, "declined", "拒绝派警 declined"},
    {TYPES_ALARM_KIND, "notice_late", "通知未签收 notice late"},
    {TYPES_ALARM_KIND, "notice_escalated", "通知久未签收 notice escalated"},
    {TYPES_ALARM_KIND, "panic", "紧急求助 panic"},
    {TYPES_ALARM_KIND, "par_overdue", "安全点名逾期 PAR overdue"},
    {TYPES_ALARM_KIND, "hold_review", "暂缓到期复核 hold review"},
    {TYPES_ALARM_KIND, "support", "请求增援 support"},
    {TYPES_ALARM_KIND, "coverage_gap", "快反圈无力量覆盖 coverage gap"},
    {TYPES_ALARM_KIND, "receipt_late", "中心未签收 receipt late"},
    {TYPES_ALARM_KIND, "feedback_late", "中心未反馈 feedback late"},
    {TYPES_ALARM_KIND, "help_late", "邻区未答复 help late"},
    {TYPES_ALARM_KIND, "checkpoint_overdue", "必到点逾期 checkpoint overdue"},
};

const char *board_words(enum types_list list, uint32_t value)
{
    const char *name = types_name(list, value);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].list == list && strcmp(table[i].name, name) == 0) {
            return table[i].words;
        }
    }
    return name;
}
