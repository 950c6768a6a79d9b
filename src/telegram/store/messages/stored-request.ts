export type {
  CardRequest,
  NotificationGroup,
  ReportKind,
  StoredPicture,
  StoredRequest,
} from '../../../db/schema.ts'
