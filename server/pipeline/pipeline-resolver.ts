import { Ctx, Mutation, Query, Resolver } from 'type-graphql'
import { PipelineStatus, RetrainResult } from '../../schema/graphql/pipeline.ts'
import type { RequestContext } from '../context.ts'
import { retrain } from './retrain.ts'

@Resolver()
export class PipelineResolver {
  @Query(() => PipelineStatus, { description: 'Operators: state of every stage, of the model and of the catalog.' })
  pipeline(@Ctx() { services }: RequestContext): PipelineStatus {
    return services.pipeline.status()
  }

  @Mutation(() => RetrainResult, {
    description:
      'Operators: trains a model on all recorded events. Returns once the new version serves everywhere, or with the reason why it was not published.',
  })
  async retrain(@Ctx() { services }: RequestContext): Promise<RetrainResult> {
    return retrain(services)
  }
}
